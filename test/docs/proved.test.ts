import { expect, test } from 'vitest'
import { emptyFolder, turncoat } from '../cli/world.ts'
import { LONG } from '../tiers.ts'
import { read } from './blocks.ts'

/** The README says what holds, then how many states there were. */
const proved = read('README.md').matchAll(/^\| `turncoat (check [^`]+)` +\| [^|]+ \| +([\d,]+) \|/gm)

/** Six replicas of Ben-Or's take longer than all the others together. */
const isHere = (line: string): boolean => LONG || !line.includes(' ben-or ')

test.each(
  [...proved]
    .filter(([, line]) => isHere(line!))
    .map(([, line, states]) => ({ line: line!, states: Number(states!.replaceAll(',', '')) })),
)('README.md: turncoat $line holds in $states states', async ({ line, states }) => {
  const { stdout, code } = await turncoat(emptyFolder(), [...line.split(' '), '--json'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout).states).toBe(states)
})
