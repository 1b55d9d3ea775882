import type { Scope } from "./scopes.ts";

const permissions = new WeakMap<object, Scope>();

/** Notes what a route's guard asks of its caller, so that documents and tests know it without a second list. */
export function notePermission<Hook extends object>(hook: Hook, scope: Scope): Hook {
  permissions.set(hook, scope);
  return hook;
}

/** What the first guard among a route's hooks asks of callers; null where there is none. */
export function permissionOf(hooks: readonly object[]): Scope | null {
  return hooks.map((hook) => permissions.get(hook)).find((scope) => scope !== undefined) ?? null;
}
