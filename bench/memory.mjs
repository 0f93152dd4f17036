/**
 * Is the memory of `turncoat fuzz` flat? One thread makes many runs, as a worker does, and says after each tenth of them how
 * much memory its process has. Build first.
 *
 *     node bench/memory.mjs bracha '{"n":4,"byzantine":[0]}' 1000000
 */
import { strategies } from '../dist/src/adversary/index.js'
import { chooseClaims } from '../dist/src/cli/subjects/claim-names.js'
import { resolveSubject } from '../dist/src/cli/subjects/subjects.js'
import { BlockRunner } from '../dist/src/fuzz/campaign/block.js'
import { BLOCK } from '../dist/src/fuzz/campaign/campaign.js'
import { choosers } from '../dist/src/fuzz/schedule/choosers.js'
import { configure } from '../dist/src/system/index.js'

const [subject = 'bracha', configuration = '{"n":4,"byzantine":[0]}', runs = '1000000'] = process.argv.slice(2)
const names = (list) => list.map(({ name }) => name)
const { protocol, subject: found } = await resolveSubject(subject, '/')
const campaign = {
  ...{ subject, settings: configure(protocol, JSON.parse(configuration)), runs: Number(runs), firstRun: 0, seed: 1 },
  ...{ claims: names(chooseClaims(found, undefined).claims), maxSteps: 400 },
  ...{ strategies: names(strategies.filter(({ onDemand }) => !onDemand)), schedulers: names(choosers) },
}
const runner = new BlockRunner(campaign, protocol, found.properties.claims)
for (let next = 0; next < campaign.runs; next += BLOCK) {
  runner.run(next, BLOCK)
  if ((next + BLOCK) % Math.ceil(campaign.runs / 10) < BLOCK) {
    const { user, system } = process.cpuUsage()
    const { rss, heapUsed } = process.memoryUsage()
    const [all, heap] = [rss, heapUsed].map((bytes) => Math.round(bytes / 2 ** 20))
    console.log(`${next + BLOCK} runs: ${all} MB, ${heap} MB of them in use; ${Math.round((user + system) / 1e6)} s`)
  }
}
