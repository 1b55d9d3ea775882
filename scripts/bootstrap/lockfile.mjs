const SYSTEMS = ["android", "darwin", "freebsd", "linux", "win32", "openharmony"];
const PROCESSORS = ["arm64", "x64", "arm", "ia32", "ppc64", "riscv64", "s390x", "wasm32"];

/** Optional packages that some package of the lockfile names and that have no entry of their own, with one for each. */
export function missingOptional(packages) {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages))
      .map(([name, range]) => ({ path: `node_modules/${name}`, entry: entryOf(name, range, packages[path]) })),
  );
}

/** Such packages are pinned by their parent and carry their platform in their name. */
function entryOf(name, range, { dev, license }) {
  const words = name.split("/").at(-1).split("-");
  const os = SYSTEMS.filter((system) => words.includes(system));
  const cpu = PROCESSORS.filter((processor) => words.includes(processor));
  const musl = words.some((word) => word.startsWith("musl"));
  const glibc = os.includes("linux") && words.some((word) => word.startsWith("gnu"));
  return {
    version: range.replace(/^[\^~]/, ""),
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(dev === true ? { dev } : {}),
    ...(musl || glibc ? { libc: [musl ? "musl" : "glibc"] } : {}),
    ...(license === undefined ? {} : { license }),
    optional: true,
    ...(os.length > 0 ? { os } : {}),
  };
}
