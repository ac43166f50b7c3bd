import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['orrery-source'] },
  ssr: { resolve: { conditions: ['orrery-source'], externalConditions: ['orrery-source'] } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'tools/**/*.test.ts',
      'systems/*/{scenario,src}/**/*.test.ts',
      'conformance/**/*.test.ts',
      'simulation/**/*.test.ts',
    ],
    isolate: false,
    pool: 'threads',
    testTimeout: 20_000,
  },
})
