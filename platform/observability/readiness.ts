/**
 * Answer of one readiness check: `ok`, or the sentence that tells an operator what is wrong. `degraded` is such a sentence
 * about something that taking the traffic away would not help.
 */
export type CheckResult = { ok: true; degraded?: string } | { ok: false; reason: string };

export type Check = () => CheckResult | Promise<CheckResult>;

/** A check may take this long before it counts as failed; Kubernetes' own default time-out is 1 s. */
const CHECK_TIMEOUT_MS = 900;

export interface ReadinessReport {
  ready: boolean;
  checks: Record<string, CheckResult>;
}

/** The things a program needs before it should get traffic. Checks are added where the dependency is built. */
export class Readiness {
  readonly #checks = new Map<string, Check>();

  add(name: string, check: Check): void {
    this.#checks.set(name, check);
  }

  /** A check that fails until the result is called: the internal port answers before all of a program is there. */
  awaiting(name: string): () => void {
    this.add(name, () => ({ ok: false, reason: "still starting" }));
    return () => void this.#checks.delete(name);
  }

  async report(): Promise<ReadinessReport> {
    const entries = [...this.#checks].map(async ([name, check]) => [name, await settle(check)] as const);
    const checks = Object.fromEntries(await Promise.all(entries));
    return { ready: Object.values(checks).every((result) => result.ok), checks };
  }
}

async function settle(check: Check): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<CheckResult>((resolve) => {
    timer = setTimeout(
      () => resolve({ ok: false, reason: `no answer within ${CHECK_TIMEOUT_MS} ms` }),
      CHECK_TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([Promise.resolve().then(check), late]);
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
