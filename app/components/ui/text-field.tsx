import { type ComponentProps, useId } from "react";
import { classNames } from "./class-names.ts";

type Props = ComponentProps<"input"> & { label: string };

export function TextField({ label, className, ...rest }: Props) {
  const id = useId();
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1.5 block font-medium text-muted text-xs">
        {label}
      </label>
      <input
        id={id}
        className={classNames(
          "h-10 w-full rounded-control border border-line-strong bg-surface px-3 text-base text-ink transition-colors",
          "placeholder:text-faint hover:border-faint aria-invalid:border-bad",
        )}
        {...rest}
      />
    </div>
  );
}
