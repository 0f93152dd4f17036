/** What the exit code of a command says. */
export const EXIT = { holds: 0, violated: 1, usage: 2, internal: 3, inconclusive: 4 } as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** From the worst to the best. */
const ORDER: readonly ExitCode[] = [EXIT.internal, EXIT.usage, EXIT.violated, EXIT.inconclusive, EXIT.holds]

/** The one code of several results. */
export function worst(codes: readonly ExitCode[]): ExitCode {
  return ORDER.find((code) => codes.includes(code)) ?? EXIT.holds
}
