import { workerData } from 'node:worker_threads'
import type { WorkerSetup } from '../messages.ts'
import { Environment } from './environment.ts'
import { Link } from './link.ts'

// The host gives every worker this.
const { port, control } = workerData as WorkerSetup
new Environment(new Link(port, control)).run()
