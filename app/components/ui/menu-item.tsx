"use client";

import { DropdownMenu } from "radix-ui";
import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";

export function MenuItem({ className, ...rest }: ComponentProps<typeof DropdownMenu.Item>) {
  return (
    <DropdownMenu.Item
      className={classNames(
        "flex h-8 items-center gap-2 rounded-control px-2 text-ink text-sm outline-none data-highlighted:bg-sunken",
        className,
      )}
      {...rest}
    />
  );
}
