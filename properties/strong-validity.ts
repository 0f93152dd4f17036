/** Validity where bits are agreed on in rounds: what everybody correct started with is what is decided. */
import { invariant, nameOf } from '../src/model/index.ts'
import type { PhaseKing } from '../src/protocols/phase-king.ts'

export const strongValidity = invariant<PhaseKing['output'] | { note: never }>(
  {
    name: 'validity',
    about: 'If all correct replicas start with one value, only that one is decided.',
    reads: ['soup'],
    words: ['VALUE'],
    decidedBy: 1,
  },
  (outcome) => {
    const { setting, correct, fresh } = outcome
    if (fresh.length === 0) return undefined
    const { soup } = outcome
    for (const { at, output } of fresh) {
      if (!('decided' in output)) continue
      const said = soup.filter(({ message }) => message.type === 'VALUE' && 'value' in message)
      // Whoever was given no bit has the first one, which it says later, or never where there is one phase.
      const has = (id: number) => {
        const own = said.flatMap(({ from, message }) => (from === id && 'value' in message ? [message.value] : []))
        return own.includes(output.decided) || (own.length === 0 && output.decided === setting.values[0])
      }
      if (correct.some(has)) continue
      return `${nameOf(at, setting.n)} decided ${output.decided}, with which no correct replica started`
    }
    return undefined
  },
)
