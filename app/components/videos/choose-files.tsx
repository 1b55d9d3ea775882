"use client";

import { Upload } from "lucide-react";
import { useRef } from "react";
import { Button } from "../ui/button.tsx";

interface Props {
  onFiles(files: readonly File[]): void;
  size?: "medium" | "large";
  children: string;
}

/** Opens the system's own file dialog. */
export function ChooseFiles({ onFiles, size = "medium", children }: Props) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        accept="video/*,audio/*,.mkv,.ts,.mxf"
        aria-label={children}
        tabIndex={-1}
        className="hidden"
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          currentTarget.value = ""; // so that the same file can be chosen again
        }}
      />
      <Button kind="primary" size={size} onClick={() => input.current?.click()}>
        <Upload aria-hidden className="size-4" />
        {children}
      </Button>
    </>
  );
}
