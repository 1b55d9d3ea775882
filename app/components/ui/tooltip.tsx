"use client";

import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";

interface Props {
  /** What the pointer or the keyboard focus rests on; has to take a ref and events. */
  children: ReactNode;
  text: ReactNode;
  side?: "top" | "bottom" | "left" | "right";
}

export function Tooltip({ children, text, side = "top" }: Props) {
  return (
    <Radix.Root delayDuration={200}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={6}
          collisionPadding={12}
          className="z-50 max-w-72 rounded-control border border-line-strong bg-raised px-3 py-2 text-ink text-xs shadow-menu"
        >
          {text}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
