"use client";

import { Notice } from "./components/shell/notice.tsx";
import { Button } from "./components/ui/button.tsx";

export default function PageError({ reset }: { reset: () => void }) {
  return (
    <Notice title="This page broke">
      <p className="mb-5">Something went wrong on our side. It has been logged.</p>
      <Button onClick={reset}>Try again</Button>
    </Notice>
  );
}
