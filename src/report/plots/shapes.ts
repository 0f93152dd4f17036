/** Outlines in a square from -1 to 1, which is how vega wants them; the key draws the same. */
const SHAPES = [
  'M-0.9,0A0.9,0.9,0,1,1,0.9,0A0.9,0.9,0,1,1,-0.9,0Z',
  'M-0.8,-0.8H0.8V0.8H-0.8Z',
  'M0,-1L1,0.75H-1Z',
  'M0,-1.1L1.1,0L0,1.1L-1.1,0Z',
  'M0,1L1,-0.75H-1Z',
  'M-0.35,-1H0.35V-0.35H1V0.35H0.35V1H-0.35V0.35H-1V-0.35H-0.35Z',
]

/** Upwards and open: the true value is above the mark. */
export const ABOVE = SHAPES[2]!

/** Downwards and open: the true value is below the mark. */
export const BELOW = SHAPES[4]!

/** The outline of a series by its number. */
export function shapePath(index: number): string {
  return SHAPES[index % SHAPES.length]!
}
