import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { installing, loadOptional, OPTIONAL, UsageError } from '../../src/model/index.ts'

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'))

test('what users are told to install is what this package accepts, is tested with, and does not bring along', () => {
  for (const [name, major] of Object.entries(OPTIONAL)) {
    const { [name]: tested } = manifest.devDependencies
    expect(manifest.peerDependencies[name]).toBe(`^${tested}`)
    expect(tested.split('.')[0]).toBe(String(major))
    expect(manifest.peerDependenciesMeta[name]).toEqual({ optional: true })
    expect(manifest.dependencies).not.toHaveProperty(name)
  }
})

const missing = (name: string) =>
  Object.assign(new Error(`Cannot find package '${name}' imported from /somewhere`), { code: 'ERR_MODULE_NOT_FOUND' })

test('what is missing is named, with the command that installs all that is needed', async () => {
  const loading = loadOptional('pictures', ['vega', 'vega-lite'], () => Promise.reject(missing('vega-lite')))
  await expect(loading).rejects.toThrow(UsageError)
  await expect(loading).rejects.toMatchObject({
    message: 'pictures need the package vega-lite, which is not installed',
    suggestion: 'npm install vega@6 vega-lite@6',
  })
  expect(installing(['@resvg/resvg-js'])).toBe('npm install @resvg/resvg-js@2')
})

test('an error of the package itself, and what is missing there, stay what they are', async () => {
  await expect(loadOptional('pictures', ['vega'], () => Promise.reject(missing('d3-array')))).rejects.toThrow(
    /d3-array/,
  )
  const broken = loadOptional('pictures', ['vega'], () => Promise.reject(new Error("'vega' is broken")))
  await expect(broken).rejects.not.toThrow(UsageError)
  expect(await loadOptional('pictures', ['vega'], async () => 7)).toBe(7)
})
