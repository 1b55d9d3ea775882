/**
 * Passes values on at most once per interval, the first at once and always the newest in the end: the collector may push five
 * times a second, a page need not draw more than twice. `urgent` ones go through at once.
 */
export function paced<T>(
  intervalMs: number,
  pass: (value: T) => void,
  isUrgent: (value: T) => boolean,
): { push(value: T): void; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting: { value: T } | null = null;
  const open = () => {
    timer = undefined;
    if (waiting !== null) send(waiting.value);
  };
  const send = (value: T) => {
    waiting = null;
    clearTimeout(timer);
    timer = setTimeout(open, intervalMs);
    pass(value);
  };
  return {
    push: (value) => {
      if (timer === undefined || isUrgent(value)) send(value);
      else waiting = { value };
    },
    stop: () => clearTimeout(timer),
  };
}
