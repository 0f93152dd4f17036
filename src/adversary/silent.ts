import type { Strategy } from './strategy.ts'

export const silent: Strategy = {
  name: 'silent',
  about: 'says nothing at all',
  plans: () => 1,
  behave: () => ({}),
}
