import { describe, expect, it } from "vitest";
import { withCluster } from "./migration-files.ts";

describe("withCluster", () => {
  const sql = "CREATE TABLE t {cluster} (a UInt8) ENGINE = ReplicatedMergeTree('/t/{shard}', '{replica}') ORDER BY a";

  it("leaves nothing on a single server", () => {
    expect(withCluster(sql, null)).toContain("CREATE TABLE t  (a UInt8)");
  });

  it("names the cluster and leaves the engine's own macros", () => {
    const filled = withCluster(sql, "analytics");
    expect(filled).toContain("t ON CLUSTER 'analytics' (");
    expect(filled).toContain("'/t/{shard}', '{replica}'");
  });

  it("refuses a name that would end the quotes", () => {
    expect(() => withCluster(sql, "a' SYNC --")).toThrow("not a cluster's name");
  });
});
