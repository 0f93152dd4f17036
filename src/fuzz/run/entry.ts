import type { Taken } from '../../kernel/index.ts'
import type { Id } from '../../model/index.ts'

/** What a run did, by numbers; `recount` turns it into steps. */
export interface RunEntry {
  readonly kind: 'message' | 'timeout' | 'input' | 'flip' | 'lose' | 'crash' | 'restart'
  readonly at: Id
  /** Of the rule, timer, coin or input. */
  readonly name: string
  readonly value: 0 | 1
  readonly message: number
  readonly from: Id
  readonly taken: readonly Taken[]
}
