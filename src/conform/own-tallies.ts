import type { Context } from '../model/index.ts'
import type { Counts } from './recorder.ts'

/** Tallies of a model and of its program are those of one protocol, under names of their own. */
export const OF_MODEL = 'OfModel'
export const OF_PROGRAM = 'OfProgram'

export function renamed(tallies: object | undefined, whose: string): object {
  return Object.fromEntries(Object.entries(tallies ?? {}).map(([name, declared]) => [`${name}${whose}`, declared]))
}

/** What is answered to a question to a tally, which may be to count a vote. */
export function answerOfTally({ tally, ask }: Counts, whose: string, ctx: Context<any>): unknown {
  return ask(ctx.tally(`${tally}${whose}` as never))
}
