import { strategies } from './dist/src/adversary/index.js'
import { chooseClaims } from './dist/src/cli/claim-names.js'
import { registered } from './dist/src/cli/subjects.js'
import { BlockRunner } from './dist/src/fuzz/block.js'
import { choosers } from './dist/src/fuzz/choosers.js'
import { configure } from './dist/src/system/index.js'
const [,, subject, cfg, secs] = process.argv
const resolved = registered(subject)
const settings = configure(resolved.protocol, JSON.parse(cfg))
const { claims } = chooseClaims(resolved.subject, undefined)
const names = l => l.map(({name}) => name)
const campaign = { subject, settings, claims: names(claims), runs: 1, firstRun: 0, seed: 1, maxSteps: 400, strategies: names(strategies), schedulers: names(choosers) }
const grounds = new Map()
const runner = new BlockRunner(campaign, resolved.protocol, resolved.subject.properties.claims, grounds)
console.log('settings', settings.length)
let next = 0, steps = 0
const cpu = () => { const u = process.cpuUsage(); return (u.user+u.system)/1e6 }
const c0 = cpu(); let last = c0, ls=0, lc=0
while (cpu() - c0 < Number(secs)) { const r = runner.run(next, 200); next += 200; steps += r.steps
 if (cpu() - last > 4) { globalThis.gc(); const calls=[...grounds.values()].map(g=>g.kernel.table.calls).reduce((a,b)=>a+b); console.log((cpu()-c0).toFixed(1), 'steps/s', Math.round((steps-ls)/(cpu()-last)), 'runs', next, 'calls', calls, 'steps per call', ((steps-ls)/(calls-lc)).toFixed(1), 'rows', [...grounds.values()].map(g=>g.kernel.rows).join(), Math.round(process.memoryUsage().heapUsed/1e6)+'MB'); last=cpu(); ls=steps; lc=calls } }
