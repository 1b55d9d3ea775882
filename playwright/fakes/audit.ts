import type { Page } from "@playwright/test";

/** The smallest contrast of normal text by WCAG 2.2, 1.4.3. */
const LEAST_CONTRAST = 4.5;

/** What every page owes to those who do not see it well, or at all; one line per fault. */
export async function auditPage(page: Page): Promise<string[]> {
  return [...(await page.evaluate(findNamelessAndDoubled)), ...(await page.evaluate(findFaintText, LEAST_CONTRAST))];
}

/** Runs in the page. */
function findNamelessAndDoubled(): string[] {
  const faults: string[] = [];
  if (document.documentElement.lang === "") faults.push("the page has no language");
  if (document.title === "") faults.push("the page has no title");
  if (document.querySelectorAll("h1").length !== 1) faults.push("the page has not exactly one h1");
  if (document.querySelectorAll("main").length !== 1) faults.push("the page has not exactly one main");
  for (const element of document.querySelectorAll("button, a[href], input, [role=slider]")) {
    const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : element.textContent;
    const name = element.getAttribute("aria-label") ?? label ?? "";
    if (name.trim() === "") faults.push(`nameless: ${element.outerHTML.slice(0, 120)}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push(`id twice: ${id}`);
  return faults;
}

/** Runs in the page: paints colours on a canvas to read them whatever their notation. */
function findFaintText(least: number): string[] {
  const brush = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (brush === null) return ["no canvas"];
  const mixed = (colors: string[]): number[] => {
    for (const color of ["#fff", ...colors]) {
      brush.fillStyle = color;
      brush.fillRect(0, 0, 1, 1);
    }
    return [...brush.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  };
  const luminance = (rgb: number[]) => {
    const [r = 0, g = 0, b = 0] = rgb.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const faults = new Set<string>();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    const element = node.parentElement;
    if (element === null || node.textContent?.trim() === "" || !element.checkVisibility({ opacityProperty: true }))
      continue;
    const grounds: string[] = [];
    for (let at: Element | null = element; at !== null; at = at.parentElement)
      grounds.unshift(getComputedStyle(at).backgroundColor);
    const [ink, ground] = [luminance(mixed([...grounds, getComputedStyle(element).color])), luminance(mixed(grounds))];
    const contrast = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    if (contrast < least) faults.add(`${contrast.toFixed(2)}: ${node.textContent?.trim().slice(0, 40)}`);
  }
  return [...faults];
}
