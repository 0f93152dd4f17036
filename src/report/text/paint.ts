/** Colours a text, or leaves it alone. */
export interface Paint {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
}

const ESC = String.fromCharCode(27)
const code = (on: number, off: number) => (text: string) => `${ESC}[${on}m${text}${ESC}[${off}m`
const same = (text: string): string => text

/** For files, pipes and people who want none. */
export const plain: Paint = { bold: same, dim: same, red: same, green: same, yellow: same }

/** For terminals. */
export const coloured: Paint = {
  bold: code(1, 22),
  dim: code(2, 22),
  red: code(31, 39),
  green: code(32, 39),
  yellow: code(33, 39),
}
