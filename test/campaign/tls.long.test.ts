import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { emptyFolder, turncoat } from '../cli/world.ts'
import { made, type Running, started } from './processes.ts'
import { ended, HAS_OPENSSL, HAS_REDIS, HOW, OwnRedis } from './redis.ts'

const FUZZ = ['two-phase-commit/commit-early', '--n', '3', '--claim', 'atomicity,liveness', '--runs', '1000']
const PASSWORD = 'sehr-geheim'
const running: Running[] = []
const servers: OwnRedis[] = []
vi.setConfig({ testTimeout: 300_000 })

afterAll(async () => {
  for (const { child } of running) await ended(child, 'SIGKILL')
  for (const one of servers) await one.stop()
})

test.skipIf(!HAS_REDIS || !HAS_OPENSSL)(
  `over TLS, with a password that nobody sees: the bytes of one machine (${HOW}, and openssl)`,
  async () => {
    const folder = emptyFolder()
    const { redis, url, certificate } = await OwnRedis.startWithTls(PASSWORD)
    servers.push(redis)
    const go = (argv: readonly string[], more: Record<string, string> = {}): Running => {
      const one = started(folder, ['campaign', ...argv], { TURNCOAT_REDIS: url, ...more })
      running.push(one)
      return one
    }
    const printed: string[] = []
    const unknown = await go(['status', '--redis']).done
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be trusted') })
    const plain = await go(['status', '--redis'], { TURNCOAT_REDIS: url.replace('rediss', 'redis') }).done
    expect(plain).toMatchObject({ code: 2, stdout: '' })
    const trusted = { NODE_EXTRA_CA_CERTS: certificate }
    const wrong = await go(['status', '--redis'], { ...trusted, TURNCOAT_REDIS: url.replace(PASSWORD, 'falsch') }).done
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('refuses the password') })

    const worker = go(['worker', '--redis', '--workers', '1'], trusted)
    const campaign = await go(['run', ...FUZZ, '--shard-runs', '200', '--redis', '--out', 'tls'], trusted).done
    expect(campaign.code).toBe(1)
    const status = await go(['status', '--redis', '--json'], trusted).done
    expect(JSON.parse(status.stdout).queue).toContain('at rediss://…@127.0.0.1')
    await ended(worker.child, 'SIGTERM')
    for (const { stdout, stderr } of [unknown, plain, wrong, campaign, status, await worker.done]) {
      printed.push(stdout, stderr)
    }
    expect(printed.join('\n')).toContain('rediss://…@127.0.0.1')
    expect(printed.join('\n')).not.toMatch(new RegExp(`${PASSWORD}|falsch`))
    await turncoat(folder, ['campaign', 'run', ...FUZZ, '--shard-runs', '200', '--out', 'alone', '--quiet'])
    expect(made(join(folder, 'tls'))).toEqual(made(join(folder, 'alone')))
  },
)
