/**
 * How many questions a second a program answers over the wire, one after the other, each of them another one.
 *
 *   npm run build && node bench/calls.mjs examples/adapters/python python3 register.py
 *   node bench/calls.mjs examples/adapters/go ./register
 */
import { cpus, loadavg } from 'node:os'
import { resolve } from 'node:path'
import { endPrograms, programOf } from '../dist/src/external/program-of.js'

const CALLS = 20_000
const ROUNDS = 3

const [folder, ...command] = process.argv.slice(2)
if (command.length === 0) {
  console.error('name the folder of a program and its command: node bench/calls.mjs examples/adapters/go ./register')
  process.exit(2)
}
const limits = { answer: 10, start: 30, memory: 1_024 }
const program = programOf({ command, cwd: resolve(folder), env: {}, ...limits })
const setting = { n: 4, f: 1, clients: 0, values: ['a'], bounds: {}, rules: { quorum: 3 } }
const asked = (self) =>
  `${JSON.stringify({ self, ...setting, role: 'replica', event: 'init' }).slice(0, -1)},"answers":[]}`

program.ask(asked(0))
let best = Number.POSITIVE_INFINITY
for (let round = 1; round <= ROUNDS; round++) {
  const begun = performance.now()
  for (let i = 1; i <= CALLS; i++) program.ask(asked(round * CALLS + i))
  best = Math.min(best, performance.now() - begun)
}
console.log(`${command.join(' ')}: ${Math.round(CALLS / (best / 1_000)).toLocaleString('en')} calls a second`)
console.log(`best of ${ROUNDS} times ${CALLS}, on ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}`)
await endPrograms()
