"use client";

import { List, X } from "lucide-react";
import { Dialog } from "radix-ui";
import { useState } from "react";
import type { ContentsGroup } from "../../reference/contents.ts";
import { Button } from "../ui/button.tsx";
import { Contents } from "./contents.tsx";

/** The contents of a narrow window, over the page. */
export function ContentsSheet({ groups }: { groups: readonly ContentsGroup[] }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>
        <Button size="medium">
          <List aria-hidden className="size-4" />
          Contents
        </Button>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-0 z-50 flex flex-col bg-canvas px-4 pt-3 outline-none"
        >
          <div className="mb-3 flex items-center justify-between">
            <Dialog.Title className="font-semibold text-lg">Contents</Dialog.Title>
            <Dialog.Close asChild>
              <Button kind="quiet" size="icon" aria-label="Close">
                <X aria-hidden className="size-4" />
              </Button>
            </Dialog.Close>
          </div>
          <Contents groups={groups} onLeave={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
