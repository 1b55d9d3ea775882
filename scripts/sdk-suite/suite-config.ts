/**
 * Settings under which the SDK's own tests run here: they are written for another runner with the same words, and import the client
 * from their own sources. Text of a module for the folder that holds them.
 *
 * @param client path of the client that is installed here
 */
export function suiteConfig(client: string): string {
  const at = JSON.stringify(client);
  return `export default {
  resolve: { alias: { "@mux/mux-node": ${at}, "@mux/ts": ${at} } },
  test: {
    globals: true,
    include: ["tests/api-resources/{video,system}/*.test.ts"],
    exclude: ["**/live-streams.test.ts"], // not offered
    testNamePattern: /^(?!.*drmConfigurations.* retrieve$)/, // nor DRM
    fileParallelism: false,
    testTimeout: 30_000,
  },
};
`;
}
