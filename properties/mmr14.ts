import {
  type Configuration,
  type Expectation,
  invariant,
  nameOf,
  type Outcome,
  properties,
} from '../src/model/index.ts'
import type { Mmr14 } from '../src/protocols/mmr14.ts'
import { agreement, decided, integrity } from './claims.ts'

/** One bit, hence one slot without a name. */
const chosen = (output: object) => ('decided' in output ? { slot: '', value: output.decided } : undefined)

/** Where both values are offered nothing is claimed. */
const validity = invariant<object>(
  {
    name: 'validity',
    about: 'A correct replica decides only what some correct replica was given to propose.',
    decidedBy: 1,
  },
  ({ outputs, correct, setting }) => {
    const offered = correct.flatMap((id) => setting.inputs[id] ?? [])
    for (const { at, output } of outputs) {
      if ('decided' in output && !offered.includes(output.decided as string))
        return `${nameOf(at, setting.n)} decided ${output.decided}, which no correct replica proposed`
    }
    return undefined
  },
)

/** What a correct replica entered a round with; nothing where it has not entered it. */
function entered({ outputs, correct, setting }: Outcome<object>, round: number): (string | undefined)[] {
  const notes = outputs.flatMap(({ at, output }) =>
    'note' in output ? [{ at, ...(output.note as Mmr14['note']) }] : [],
  )
  const replicas = correct.filter((id) => id < setting.n)
  return replicas.map((id) => notes.find((note) => note.at === id && note.round === round)?.estimate)
}

const areAllIn = (estimates: readonly (string | undefined)[]): boolean => estimates.every((one) => one !== undefined)
const hasDecided = ({ outputs }: Outcome<object>): boolean => outputs.some(({ output }) => 'decided' in output)

/** All of a round depends on how many begin it with which value: replicas are alike, and what was said in other rounds counts for nothing. */
const lasso = invariant<object>(
  {
    name: 'lasso',
    about: 'Whatever the adversary does, coins can fall so that some replica decides within the bound on rounds.',
    reads: ['notes'],
    notes: ['estimate'],
    forced: {
      isOver: hasDecided,
      recurs(outcome) {
        const last = entered(outcome, outcome.setting.bounds['rounds']! + 1)
        if (areAllIn(last)) return last.sort().join(' ')
        const first = entered(outcome, 1)
        const isBeginning = entered(outcome, 2).every((one) => one === undefined)
        return areAllIn(first) && isBeginning ? first.sort().join(' ') : undefined
      },
    },
  },
  (outcome) => {
    const { rounds } = outcome.setting.bounds
    const last = entered(outcome, rounds! + 1)
    if (hasDecided(outcome) || !areAllIn(last)) return undefined
    return `in ${rounds === 1 ? '1 round' : `${rounds} rounds`} nobody has decided, and the next one begins with ${last.join(', ')}`
  },
)

/** All replicas are alike. */
const at4: Configuration = { n: 4, f: 1, byzantine: [3], bounds: { rounds: 2 } }
/** All propose 0. */
const unanimous: Configuration = { ...at4, inputs: { 0: ['0'], 1: ['0'], 2: ['0'], 3: ['0'] } }

const row = (
  subject: string,
  claim: string,
  configuration: Configuration,
  verdict: Expectation['verdict'] = 'holds',
): Expectation => ({ subject, configuration, claim, verdict, confidence: 'derived' })

/**
 * That somebody decides in the healed run is no claim: there a coin falls on 0, always, and whoever waits for the other side
 * waits for ever.
 */
export const mmr14Properties = properties<Mmr14>({
  claims: [agreement(chosen), validity, integrity(chosen), lasso, decided(chosen)],
  // Whoever hears a BVAL from f + 1 says it too, whatever it has said before.
  law: { once: ['AUX', 'CONF'] },
  expected: [
    ...['mmr14', 'mmr14/conf', 'mmr14/late-coin', 'mmr14/conf-bin-values'].flatMap((subject) => [
      row(subject, 'agreement', at4),
      row(subject, 'validity', unanimous),
    ]),
    { ...row('mmr14', 'lasso', at4, 'violated'), defect: 'mmr14/published' },
    row('mmr14/conf', 'lasso', at4),
    row('mmr14/late-coin', 'lasso', at4),
    // Reported as one that avoids a decision. Here it is none: what a CONF says still is in the bin of whoever says it, and
    // two sets of n − f CONFs share a correct replica, so that the coin falls when at most one value is left to be alone.
    row('mmr14/conf-bin-values', 'lasso', at4),
  ],
})
