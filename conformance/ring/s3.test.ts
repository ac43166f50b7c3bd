import * as sdk from '@aws-sdk/client-s3'
import { arrangeS3 } from './arrangements/s3.ts'
import { ring } from './ring.test-support.ts'

await ring('s3', { sdk, client: 'S3Client', arrange: arrangeS3 })
