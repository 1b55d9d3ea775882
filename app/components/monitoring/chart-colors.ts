/** The tokens that a canvas needs, resolved for the theme that is on. */
export interface ChartColors {
  viewers: string;
  rebuffering: string;
  ink: string;
  line: string;
  font: string;
}

export function readColors(element: Element): ChartColors {
  const style = getComputedStyle(element);
  return {
    viewers: style.getPropertyValue("--series-viewers"),
    rebuffering: style.getPropertyValue("--series-rebuffering"),
    ink: style.getPropertyValue("--ink-faint"),
    line: style.getPropertyValue("--line"),
    font: `11px ${style.fontFamily}`,
  };
}

/** A colour with another opacity, whatever its notation. */
export function faded(color: string, opacity: number): string {
  return `color-mix(in oklab, ${color} ${opacity * 100}%, transparent)`;
}

/** Calls back when the person or the system changes the theme. Returns what ends it. */
export function onThemeChange(changed: () => void): () => void {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = new MutationObserver(changed);
  system.addEventListener("change", changed);
  chosen.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return () => {
    system.removeEventListener("change", changed);
    chosen.disconnect();
  };
}
