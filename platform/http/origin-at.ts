/** Address at which a program of ours that listens at `hosts` is reached: a wildcard is where one listens, not connects. */
export function connectHost([host = "127.0.0.1"]: readonly string[]): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}

/** Its origin over plain HTTP. */
export function originAt(hosts: readonly string[], port: number): string {
  const host = connectHost(hosts);
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
