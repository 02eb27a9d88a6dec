import { describe, expect, it } from "vitest";
import { findCode } from "./saldo-demo-phone.ts";

describe("findCode", () => {
  it.each(["Your code is 482913.", "Ihr Code: 482 913", "Koodisi on 482-913, voimassa 10 min"])("reads the code of %j", (body) => {
    expect(findCode(body)).toBe("482913");
  });

  it("takes no longer number for a code", () => {
    expect(findCode("Customer 20418834, thank you.")).toBeNull();
  });
});
