import { expect, test } from 'vitest'
import { address, forgets, objection } from '../../src/campaign/address.ts'
import { UsageError } from '../../src/model/index.ts'

test.each([
  ['redis://127.0.0.1:6379', 'redis://127.0.0.1:6379', true],
  ['redis://:geheim@127.0.0.1:6379/2', 'redis://…@127.0.0.1:6379/2', true],
  ['rediss://user:geheim@queue.example:6380', 'rediss://…@queue.example:6380', false],
  ['redis://[::1]:6379', 'redis://[::1]:6379', true],
  ['rediss://queue.example', 'rediss://queue.example', false],
])('%s is shown without its password', (url, shown, isHere) => {
  expect(address(url)).toEqual({ url, shown, isHere })
})

test.each([
  ['another machine without password and TLS', 'redis://queue.example:6379'],
  ['another protocol', 'http://:geheim@127.0.0.1:6379'],
  ['no URL', ':geheim@127.0.0.1'],
  ['no host', 'redis://:geheim@'],
])('refuses %s, and says no password', (_, url) => {
  try {
    address(url)
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    expect(`${(error as UsageError).message} ${(error as UsageError).suggestion}`).not.toContain('geheim')
  }
})

const INFO = 'redis_version:7.0.15\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\n'

test.each([
  ['Redis 7', INFO, undefined],
  ['a later one', INFO.replace('7.0.15', '10.2.0'), undefined],
  ['Valkey, which calls itself Redis 7', `valkey_version:8.1.0\r\n${INFO}`, undefined],
  ['an old one', INFO.replace('7.0.15', '6.2.14'), 'is version 6.2.14'],
  ['something that says nothing', '', 'is version unknown'],
  [
    'one that throws keys away',
    INFO.replace('noeviction', 'allkeys-lru').replace('maxmemory:0', 'maxmemory:1048576'),
    'throws keys away when its memory is full (maxmemory-policy allkeys-lru)',
  ],
  ['one that would if it had a limit', INFO.replace('noeviction', 'allkeys-lru'), undefined],
])('%s', (_, info, message) => {
  expect(objection(info)?.message).toBe(message)
})

test('says when a Redis forgets', () => {
  expect([forgets(INFO), forgets(INFO.replace('aof_enabled:1', 'aof_enabled:0'))]).toEqual([false, true])
})
