export interface LockedPackage {
  version?: string;
  optionalDependencies?: Record<string, string>;
}

export function missingOptional(packages: Record<string, LockedPackage>): { path: string; entry: LockedPackage }[];
