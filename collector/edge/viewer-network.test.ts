import { expect, it } from "vitest";
import { parseCidr } from "../../domain/network/client-address.ts";
import { createViewerNetworks } from "./viewer-network.ts";

const TRUSTED = [parseCidr("127.0.0.0/8")].filter((range) => range !== null);

it("is looked up once a viewer, but again as long as databases are still being read", () => {
  let isSettled = false;
  let asked = 0;
  const networkOf = createViewerNetworks(TRUSTED, {
    locate: (address) => {
      asked += 1;
      return { country: isSettled ? `${address} settled` : "" };
    },
    isSettled: () => isSettled,
  });
  const ask = () => networkOf("127.0.0.1", "10.1.1.1, 81.2.69.142");
  expect([ask(), ask(), asked]).toEqual([
    { address: "81.2.69.0", country: "" },
    { address: "81.2.69.0", country: "" },
    2,
  ]);
  isSettled = true;
  expect([ask(), ask(), asked].slice(1)).toEqual([{ address: "81.2.69.0", country: "81.2.69.142 settled" }, 3]);
});
