/** A law of HotStuff that the claim finds wrong: it was written down first, and found so. */
import { expect, test } from 'vitest'
import { accountability } from '../../properties/accountability.ts'
import { hotstuffProperties } from '../../properties/hotstuff.ts'
import { hotstuffLaw } from '../../properties/hotstuff-law.ts'
import { check } from '../../src/check/check.ts'
import { program as inSetting, type Law } from '../../src/model/index.ts'
import { hotstuff } from '../../src/protocols/hotstuff.ts'
import { configure } from '../../src/system/index.ts'

const chain = hotstuffProperties.claims.find(({ name }) => name === 'agreement')!

test('a law that knows no certificate of the view itself accuses who follows HotStuff', () => {
  const hasty: Law = {
    ...hotstuffLaw,
    forgets: (earlier, later, { setting, held }) => {
      const { view } = later as unknown as { view: number }
      const before = held.filter(({ message }) => (message as unknown as { view: number }).view < view)
      return hotstuffLaw.forgets!(earlier, later, { setting, held: before })
    },
  }
  const setting = configure(hotstuff, { n: 4, f: 1, byzantine: [0, 1], bounds: { views: 2 } })[0]!
  const claims = [accountability(chain as never, hasty)]
  const found = check({ program: inSetting(hotstuff, setting), claims }).claims[0]
  expect(found).toMatchObject({ verdict: 'violated', witness: 'r3 follows the protocol, and is convicted of amnesia' })
})
