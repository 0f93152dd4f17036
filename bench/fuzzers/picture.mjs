import { survival } from './statistics.mjs'

const [WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM] = [950, 520, 60, 20, 300, 50]
const COLOURS = [
  '#4269d0',
  '#efb118',
  '#ff725c',
  '#6cc5b0',
  '#3ca951',
  '#ff8ab7',
  '#a463f2',
  '#97bbf5',
  '#9c6b4e',
  '#9498a0',
]

/** The share of searches that have found their bug, by processor seconds, on a scale of powers of ten. */
export function picture(lines) {
  const all = lines.flatMap(({ observations }) => observations.map(({ time }) => time))
  const most = Math.max(0.1, ...all)
  const [first, last] = [-2, Math.max(0, Math.log10(most))]
  const x = (time) => LEFT + ((Math.log10(Math.max(time, 0.01)) - first) / (last - first)) * (WIDTH - LEFT - RIGHT)
  const y = (share) => TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)
  const ticks = []
  for (let power = first; power <= last; power++) {
    const at = x(10 ** power).toFixed(1)
    ticks.push(`<line x1="${at}" x2="${at}" y1="${y(1)}" y2="${y(0)}" stroke="#ddd"/>`)
    ticks.push(`<text x="${at}" y="${y(0) + 18}" text-anchor="middle">${10 ** power} s</text>`)
  }
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    ticks.push(`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(share)}" y2="${y(share)}" stroke="#ddd"/>`)
    ticks.push(`<text x="${LEFT - 8}" y="${y(share) + 4}" text-anchor="end">${share * 100} %</text>`)
  }
  const curves = lines.map(({ name, observations }, i) => {
    const points = survival(observations)
    let path = `M${x(0.01).toFixed(1)} ${y(0).toFixed(1)}`
    for (const { time, share } of points) path += `H${x(time).toFixed(1)}V${y(1 - share).toFixed(1)}`
    path += `H${x(most).toFixed(1)}`
    const end = points.at(-1)?.share ?? 1
    return {
      name,
      path,
      end,
      colour: COLOURS[i % COLOURS.length],
      dash: i < COLOURS.length ? '' : ' stroke-dasharray="5 3"',
    }
  })
  const ranked = [...curves].sort((a, b) => a.end - b.end)
  const legend = ranked.map(({ name, colour, dash, end }, i) => {
    const at = TOP + 10 + i * 22
    return `<line x1="${WIDTH - RIGHT + 12}" x2="${WIDTH - RIGHT + 40}" y1="${at}" y2="${at}" stroke="${colour}" stroke-width="2"${dash}/><text x="${WIDTH - RIGHT + 46}" y="${at + 4}">${name}, ${Math.round((1 - end) * 100)} %</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12"><title>The share of searches that have found their bug, by processor time</title><rect width="100%" height="100%" fill="#fff"/>
${ticks.join('\n')}
${curves.map(({ path, colour, dash }) => `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"${dash}/>`).join('\n')}
${legend.join('\n')}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">processor time</text>
</svg>
`
}
