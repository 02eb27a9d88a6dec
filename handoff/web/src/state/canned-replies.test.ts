import { describe, expect, it } from "vitest";
import type { CannedOut } from "../api/console.ts";
import { cannedQuery, findCanned, markUnfilled, nextUnfilled, unfilled } from "./canned-replies.ts";

const template = (key: string, title: string, text = ""): CannedOut => ({ key, title, text });

describe("a template", () => {
  it("is asked for by a slash at the very beginning", () => {
    expect(cannedQuery("/")).toBe("");
    expect(cannedQuery("/gre")).toBe("gre");
    expect(cannedQuery("24/7")).toBeNull();
    expect(cannedQuery("see https://example.org")).toBeNull();
  });

  it("is found by words from its name or its text, its own name first", () => {
    const templates = [template("late", "Paid late", "a greeting"), template("greet", "Greeting"), template("bye", "Goodbye")];
    expect(findCanned(templates, "greet").map(({ key }) => key)).toEqual(["greet", "late"]);
    expect(findCanned(templates, "late paid").map(({ key }) => key)).toEqual(["late"]);
    expect(findCanned(templates, "")).toHaveLength(3);
  });

  it("is found whatever the accents and capitals", () => {
    expect(findCanned([template("g", "Grüße"), template("b", "Beschwerde")], "grusse").map(({ key }) => key)).toEqual(["g"]);
  });
});

describe("a placeholder", () => {
  it("is open as long as it stands in the text", () => {
    expect(unfilled("Dear {name}, {amount} on {date}, {amount}")).toEqual(["{name}", "{amount}", "{date}"]);
    expect(unfilled("Dear Jana, 5 € {sic!} { }")).toEqual([]);
  });

  it("is found after the cursor, and after the last one comes the first", () => {
    expect(nextUnfilled("{one} and {two}", 3)).toEqual({ start: 10, end: 15 });
    expect(nextUnfilled("{one} and {two}", 12)).toEqual({ start: 0, end: 5 });
    expect(nextUnfilled("nothing", 0)).toBeNull();
  });

  it("is marked without a letter of the text being lost", () => {
    const text = "Dear {name}, until {date}";
    const parts = markUnfilled(text);
    expect(parts.map((part) => part.text).join("")).toBe(text);
    expect(parts.filter(({ isOpen }) => isOpen).map((part) => part.text)).toEqual(["{name}", "{date}"]);
  });
});
