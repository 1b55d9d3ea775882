"use client";

import { useEffect } from "react";
import type { LiveState } from "../../realtime/monitoring-client.ts";
import { leaveToSignIn } from "../../session/leave-to-sign-in.ts";
import { Button } from "../ui/button.tsx";

interface Props {
  problem: NonNullable<LiveState["problem"]>;
  onClear(): void;
}

const SENTENCES = {
  signed_out: "Your session is over.",
  denied: "This environment is no longer yours to see.",
  refused: "The collector does not take this filter.",
} as const;

export function ProblemNotice({ problem, onClear }: Props) {
  useEffect(() => {
    if (problem === "signed_out") leaveToSignIn();
  }, [problem]);
  return (
    <div
      role="alert"
      className="flex items-center gap-4 rounded-panel border border-bad/40 bg-bad-soft px-4 py-2 text-bad"
    >
      {SENTENCES[problem]}
      {problem === "refused" && (
        <Button size="small" onClick={onClear}>
          Remove all filters
        </Button>
      )}
    </div>
  );
}
