export function withInstallLock<T>(root: string, work: () => Promise<T>, staleMs?: number): Promise<T>;
