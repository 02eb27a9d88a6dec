/** The geometry of the board's drawings; pure, so that tests can look at numbers. */

export interface Box {
  width: number;
  height: number;
}

/** A line through the known values from left to right; where a value is missing the line is broken. */
export function sparkline(values: readonly (number | null)[], box: Box): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return "";
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const step = box.width / Math.max(1, values.length - 1);
  const y = (value: number): number => (high === low ? box.height / 2 : box.height - ((value - low) / (high - low)) * box.height);
  return pathThrough(values.map((value, index) => (value === null ? null : [index * step, y(value)])));
}

/** A stair: each value holds for one step. */
export function stairs(values: readonly (number | null)[], step: number, y: (value: number) => number): string {
  return pathThrough(
    values.flatMap((value, index): (Point | null)[] => {
      if (value === null) return [null];
      return [
        [index * step, y(value)],
        [(index + 1) * step, y(value)],
      ];
    }),
  );
}

/** A line through the middle of each step. */
export function curve(values: readonly (number | null)[], step: number, y: (value: number) => number): string {
  return pathThrough(values.map((value, index) => (value === null ? null : [(index + 0.5) * step, y(value)])));
}

/** A round upper end of a scale that holds `highest`: 1, 2, 4, 5 or 10 times a power of ten, at least 4. */
export function roundUp(highest: number): number {
  if (highest <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(highest));
  return ([1, 2, 4, 5, 10].find((factor) => factor * power >= highest) ?? 10) * power;
}

/** The steps worth drawing: from the first to the last with something in it, with one before and after, at least `least`. */
export function busyRange(isBusy: readonly boolean[], least: number): [from: number, until: number] {
  const first = isBusy.indexOf(true);
  if (first < 0) return [0, isBusy.length];
  let from = Math.max(0, first - 1);
  let until = Math.min(isBusy.length, isBusy.lastIndexOf(true) + 2);
  while (until - from < Math.min(least, isBusy.length)) {
    if (until < isBusy.length) until += 1;
    else from -= 1;
  }
  return [from, until];
}

type Point = [x: number, y: number];

function pathThrough(points: readonly (Point | null)[]): string {
  let path = "";
  let isDown = false;
  for (const point of points) {
    if (point) path += `${isDown ? "L" : "M"}${round(point[0])} ${round(point[1])}`;
    isDown = point !== null;
  }
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
