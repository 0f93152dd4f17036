/**
 * Tries a claim that declares the slot of an output on outputs about several slots at a time. A search that
 * looks at one slot after the other would never see them together.
 */
import {
  AuthorError,
  correctIds,
  type Facts,
  grouped,
  type Invariant,
  isDecidedIn,
  type Json,
  notSlotwise,
  type Program,
  slotIn,
} from '../../model/index.ts'
import type { Closed } from '../closure/closed.ts'

/** Sets of outputs that are tried. */
const MOST_TRIED = 256

/** @throws UsageError where outputs about one slot break the claim and all together do not, or the other way round */
export function assertSlotsAlone({ setting, seen = setting }: Program, closed: Closed, claim: Invariant<any>): void {
  const correct = correctIds(setting)
  let drawn = 1
  const draw = (below: number): number => {
    drawn = (Math.imul(drawn, 1_103_515_245) + 12_345) & 0x7fff_ffff
    return (drawn >>> 8) % below
  }
  const isBroken = (outputs: Facts['outputs']): boolean =>
    isDecidedIn(claim, { setting: seen, correct, outputs, fresh: [], soup: [] })
  const possible = outputsIn(closed).filter(({ at }) => correct.includes(at))
  const perSlot = [
    ...grouped(possible, ({ at, output }) => `${at} ${typeof slotIn(claim, output)} ${slotIn(claim, output)}`).values(),
  ]
  for (let i = 0; i < MOST_TRIED; i++) {
    // Each participant outputs one thing about each slot; or it does so about some of them.
    const isFull = i % 2 === 0
    const outputs = perSlot.flatMap((list) => (isFull || draw(2) === 0 ? [list[draw(list.length)]!] : []))
    for (let j = outputs.length - 1; j > 0; j--) {
      const k = draw(j + 1)
      ;[outputs[j], outputs[k]] = [outputs[k]!, outputs[j]!]
    }
    outputs.sort((one, other) => one.at - other.at)
    const bySlot = grouped(outputs, ({ output }) => slotIn(claim, output))
    try {
      const isByOne = [...bySlot].some(([slot, list]) => slot !== undefined && isBroken(list))
      if (isByOne !== isBroken(outputs)) throw notSlotwise(claim, isByOne)
    } catch (error) {
      // No run may ever come there, and the claim may count on that.
      if (!(error instanceof AuthorError)) throw error
    }
  }
}

/** All that participants may output, each once. */
function outputsIn({ participants, initial, table }: Closed): Facts['outputs'] {
  return participants.flatMap(({ at, options }, p) => {
    const numbers = new Set([...initial[p]!.outputs, ...options.flat().flatMap(({ outputs }) => outputs)])
    return [...numbers].map((number) => ({ at, output: table.outputs.values[number] as Json }))
  })
}
