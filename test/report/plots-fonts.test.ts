import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Resvg } from '@resvg/resvg-js'
import { expect, test } from 'vitest'

const FACES = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']
const { resolve } = createRequire(import.meta.url)
const own = join(import.meta.dirname, '../../fonts')

/** Texts of all pictures in docs/, and of users: names in other languages, signs of formulas. */
const TEXTS = [
  'Where agreement and liveness end: PBFT with quorum ⌈(n + f + 1)/2⌉, n = 4…13, b ≤ f',
  '0123456789 95 % · 3f² – 2 − 1 ≥ 0 × → ← ↔ ≠ ⌊x⌋ ∀ ∃ ∈ ∧ ∨ ¬ ± ∞ √ ½ µs „quoted“ ‘so’ «or» ✓ ✗ ■ ● ▲ ◆ ★',
  'Ärger, naïve, Łódź, señor, ß; Ελληνικά: αβγδσλ; Русский: протокол; AVATAR To LT fi ffl',
]

test.each(TEXTS)('our fonts draw what the whole ones draw: %s', (text) => {
  const drawn = (folder: string, weight: string): Uint8Array =>
    new Resvg(
      `<svg xmlns="http://www.w3.org/2000/svg" width="1400" height="40"><text x="5" y="25" font-size="17" font-weight="${weight}">${text}</text></svg>`,
      { font: { fontFiles: FACES.map((face) => join(folder, face)), loadSystemFonts: false } },
    )
      .render()
      .asPng()
  const whole = join(resolve('dejavu-fonts-ttf/package.json'), '../ttf')
  for (const weight of ['normal', 'bold']) {
    expect(Buffer.from(drawn(own, weight)).equals(Buffer.from(drawn(whole, weight)))).toBe(true)
  }
})

test('the licence of the fonts is kept beside them', () => {
  const licence = readFileSync(resolve('dejavu-fonts-ttf/LICENSE'), 'utf8')
  expect(readFileSync(join(own, 'LICENSE'), 'utf8')).toBe(licence)
})
