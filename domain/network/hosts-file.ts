/** The addresses that a hosts file (hosts(5)) gives for a name, in its order; none where it does not list it. */
export function addressesInHosts(text: string, hostname: string): string[] {
  const wanted = plainName(hostname);
  return text.split("\n").flatMap((line) => {
    const [address, ...names] = (line.split("#")[0] ?? "").trim().split(/\s+/);
    return address !== undefined && names.some((name) => plainName(name) === wanted) ? [address] : [];
  });
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
