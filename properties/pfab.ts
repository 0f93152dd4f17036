import { type Configuration, type Expectation, type Id, invariant, properties } from '../src/model/index.ts'
import { binding, type Pfab } from '../src/protocols/pfab.ts'
import { agreement, decided } from './claims.ts'

/** One value, hence one slot without a name. */
const chosen = (output: object) => ('decided' in output ? { slot: '', value: output.decided } : undefined)

/** All choices of so many. */
function choices<T>(list: readonly T[], q: number): T[][] {
  if (q === 0) return [[]]
  return list.flatMap((one, i) => choices(list.slice(i + 1), q - 1).map((rest) => [one, ...rest]))
}

/** Who reports comes to the view, and to no earlier one again. So whatever its leader is shown by the correct is known. */
const neverStuck = invariant<Pfab['output'] | { note: Pfab['note'] }>(
  {
    name: 'never-stuck',
    about: 'In no view do the reports of all correct replicas forbid every value.',
    reads: ['notes'],
    notes: ['reported'],
  },
  ({ setting: { n, f }, correct, outputs }) => {
    const notes = outputs.flatMap(({ at, output }) => ('note' in output ? [{ at, ...output.note }] : []))
    for (const view of new Set(notes.map(({ reported }) => reported))) {
      const reports = notes.filter(({ reported }) => reported === view)
      if (reports.length < correct.length || reports.length < n - f) continue
      const rule = { ...reports[0]!, forbids: Math.ceil((n - f + 1) / 2) }
      const bound = choices(reports, n - f).map((entries) => binding(entries, rule))
      if (bound.every((values) => values.length > 1)) return sentence(view, bound[0]!, reports)
    }
    return undefined
  },
)

function sentence(view: number, values: readonly string[], reports: readonly { at: Id }[]): string {
  const names = reports.map(({ at }) => `r${at}`).join(', ')
  return `in view ${view} the reports of ${names} allow nothing but ${values.join(', and nothing but ')}`
}

const at = (views: number): Configuration => ({ n: 4, f: 1, b: 1, bounds: { views } })

const row = (
  name: string,
  claim: string,
  configuration: Configuration,
  verdict: Expectation['verdict'] = 'holds',
): Expectation => ({
  subject: name ? `pfab/${name}` : 'pfab',
  ...{ configuration, claim, verdict, confidence: 'derived' },
})

export const pfabProperties = properties<Pfab>({
  claims: [agreement(chosen), neverStuck, decided(chosen)],
  variants: {
    'last-majority': 'Of the last view too, it takes a commit proof or a majority to forbid other values.',
    'view-ordered': 'Of what acceptors report, only what is of the last view forbids other values: the repair.',
  },
  settings: [
    {
      name: 'published',
      about: 'Four replicas, one of them Byzantine, and three views: f = 1, t = 0.',
      configuration: at(3),
    },
  ],
  expected: [
    row('', 'agreement', at(3)),
    { ...row('', 'never-stuck', at(3), 'violated'), defect: 'pfab/published' },
    row('view-ordered', 'agreement', at(3)),
    row('view-ordered', 'never-stuck', at(3)),
    row('last-majority', 'agreement', at(3), 'violated'),
  ],
})
