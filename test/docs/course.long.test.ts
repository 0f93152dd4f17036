import { expect, test } from 'vitest'
import { emptyFolder, turncoat } from '../cli/world.ts'
import { read } from './blocks.ts'

const page = read('docs/course.md')
const folder = emptyFolder()

interface Said {
  readonly words: string
  readonly verdicts: Readonly<Record<string, string>>
  readonly byzantine?: readonly number[]
}

/** What the page says of its commands, in words: verdict by claim, and who is Byzantine where that was the question. */
const SAID: readonly Said[] = [
  { words: 'bracha/n-3f --n 3 --f 1 --b 1 --claim agreement', verdicts: { agreement: 'violated' }, byzantine: [0] },
  {
    words: 'bracha/n-3f-full-quorum --n 3 --f 1 --b 1 --claim agreement,liveness',
    verdicts: { agreement: 'holds', liveness: 'violated' },
  },
  { words: 'bracha --n 4 --b 1 --claim agreement,liveness', verdicts: { agreement: 'holds', liveness: 'holds' } },
  { words: 'bracha --n 4 --b 2 --claim agreement', verdicts: { agreement: 'violated' } },
  { words: 'bracha/echo-2f-plus-1 --n 4 --f 1 --b 1 --claim agreement', verdicts: { agreement: 'holds' } },
  { words: 'bracha/echo-2f-plus-1 --n 6 --f 1 --b 1 --claim agreement', verdicts: { agreement: 'violated' } },
  { words: 'bracha/deliver-f-plus-1 --b 1', verdicts: { agreement: 'holds', totality: 'violated', validity: 'holds' } },
  { words: 'bracha/amplify-one --b 1', verdicts: { agreement: 'holds', totality: 'violated', validity: 'violated' } },
  { words: 'bracha/no-amplification --b 1', verdicts: { agreement: 'holds', totality: 'violated', validity: 'holds' } },
  { words: 'pbft/quorum-2f-plus-1 --n 4 --f 1 --b 1 --views 1 --claim agreement', verdicts: { agreement: 'holds' } },
  { words: 'pbft/quorum-2f-plus-1 --n 5 --f 1 --b 1 --views 1 --claim agreement', verdicts: { agreement: 'violated' } },
  {
    words: 'pbft/vc-omits-prepared --n 4 --byzantine none --views 2 --claim agreement',
    verdicts: { agreement: 'violated' },
    byzantine: [],
  },
  { words: 'pbft/commit-2f --b 1 --views 1 --claim agreement', verdicts: { agreement: 'holds' } },
  { words: 'pbft/commit-2f --b 1 --views 2 --claim agreement', verdicts: { agreement: 'violated' } },
  {
    words: 'pbft/new-view-unchecked --b 1 --views 2 --claim agreement',
    verdicts: { agreement: 'violated' },
    byzantine: [1],
  },
  { words: 'tendermint/forget-lock --n 4 --b 1 --rounds 2 --claim agreement', verdicts: { agreement: 'violated' } },
  {
    words: 'pbft/no-view-gate --byzantine none --views 2 --claim agreement',
    verdicts: { agreement: 'violated' },
    byzantine: [],
  },
  {
    words: 'pbft/lowest-view-certificate --byzantine none --views 3 --claim agreement',
    verdicts: { agreement: 'violated' },
    byzantine: [],
  },
  { words: 'pbft/checkpoint-f-plus-1/checkpoints --byzantine 3 --claim agreement', verdicts: { agreement: 'holds' } },
  { words: 'two-phase-commit/commit-early --claim atomicity', verdicts: { atomicity: 'violated' } },
  { words: 'paxos/ignores-accepted --n 3 --claim agreement', verdicts: { agreement: 'violated' } },
]

test.each(SAID)('the course is right about turncoat check $words', async ({ words, verdicts, byzantine }) => {
  expect(page).toContain(`turncoat check ${words}`)
  const { stdout } = await turncoat(folder, ['check', ...words.split(' '), '--json'])
  const { claims } = JSON.parse(stdout)
  expect(Object.fromEntries(claims.map((one: any) => [one.claim, one.verdict]))).toMatchObject(verdicts)
  if (byzantine) expect(claims[0].setting.byzantine).toEqual(byzantine)
})

test('every exercise has its solution', () => {
  const exercises = [...page.matchAll(/\*\*Exercise (\d+)\.\*\*/g)].map(([, number]) => number)
  const solutions = [...page.matchAll(/^\*\*(\d+)\.\*\*/gm)].map(([, number]) => number)
  expect(exercises.length).toBeGreaterThan(5)
  expect(solutions).toEqual(exercises)
})
