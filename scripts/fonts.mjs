/**
 * Makes the two fonts in fonts/: of DejaVu Sans what pictures can need, in 300 KB and not in 12 MB. Run it again
 * (`node scripts/fonts.mjs`) where a character is missing, or the font has a new version: the same bytes come of it.
 */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import subsetFont from 'subset-font'

/** Latin, Greek and Cyrillic; punctuation, powers and indices; signs, arrows, mathematics, shapes. */
const RANGES = [
  [0x20, 0x7e],
  [0xa0, 0x24f],
  [0x370, 0x45f],
  [0x2010, 0x2044],
  [0x2070, 0x209c],
  [0x20ac, 0x20ac],
  [0x2100, 0x214f],
  [0x2190, 0x22ff],
  [0x2308, 0x230b],
  [0x25a0, 0x25ff],
  [0x2605, 0x2606],
  [0x2713, 0x2718],
  [0xfffd, 0xfffd],
]

const { resolve } = createRequire(import.meta.url)
const characters = RANGES.flatMap(([first, last]) =>
  Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i)),
).join('')

for (const face of ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']) {
  const whole = readFileSync(resolve(`dejavu-fonts-ttf/ttf/${face}`))
  const subset = await subsetFont(whole, characters, { targetFormat: 'truetype' })
  writeFileSync(new URL(`../fonts/${face}`, import.meta.url), subset)
  console.log(`${face}: ${subset.length} of ${whole.length} bytes`)
}
copyFileSync(resolve('dejavu-fonts-ttf/LICENSE'), new URL('../fonts/LICENSE', import.meta.url))
