import { Command, Option } from 'commander'
import { readDays, readFlag, readListen, readPort, readProxies, readToken } from '../config.ts'
import { examples, reading, type StoreOptions, withStore } from './options.ts'

export interface ServeOptions extends StoreOptions {
  port: number
  host: string
  template: string | undefined
  listen: { dialect: string; port: number }[]
  tlsCert: string | undefined
  tlsKey: string | undefined
  rateLimits: 'off' | 'vendor'
  trustProxy: string[]
  logLevel: string
  demo: boolean | undefined
  webhookLogDays: number
}

/** Each flag is an environment variable as well; the flag wins. */
export const serveCommand = (): Command =>
  withStore(new Command('serve').description('Serve every dialect, health and metrics until SIGTERM or SIGINT.'))
    .addOption(
      new Option('--port <n>', 'main port; 0 takes a free one').env('CRMUX_PORT').default(8080).argParser(reading(readPort)),
    )
    .addOption(new Option('--host <address>', 'address to listen on; 0.0.0.0 for all').env('CRMUX_HOST').default('127.0.0.1'))
    .addOption(
      new Option('--template <dialect>', 'whose default pipeline a new store begins with (sell where not said)').env(
        'CRMUX_TEMPLATE',
      ),
    )
    .addOption(
      new Option('--listen <dialect=port>', 'one dialect at the root of a port of its own; may be repeated')
        .env('CRMUX_LISTEN')
        .default([], 'none')
        .argParser((text: string, others: ServeOptions['listen']) => [...others, ...reading(readListen)(text)]),
    )
    .addOption(new Option('--tls-cert <file>', 'certificate in PEM; serves TLS on every port').env('CRMUX_TLS_CERT'))
    .addOption(new Option('--tls-key <file>', 'its private key in PEM').env('CRMUX_TLS_KEY'))
    .addOption(
      new Option('--rate-limits <mode>', "whether the vendors' rate limits are enforced or only shown")
        .env('CRMUX_RATE_LIMITS')
        .choices(['off', 'vendor'])
        .default('off'),
    )
    .addOption(
      new Option(
        '--trust-proxy <list>',
        'proxies that are believed when they say for whom they ask (X-Forwarded-For, -Proto, -Host): addresses, networks, loopback, linklocal, uniquelocal',
      )
        .env('CRMUX_TRUST_PROXY')
        .default([], 'none')
        .argParser((text: string, others: string[]) => [...others, ...reading(readProxies)(text)]),
    )
    .addOption(
      new Option('--log-level <level>', 'least important log line to write')
        .env('CRMUX_LOG_LEVEL')
        .choices(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
        .default('info'),
    )
    .addOption(
      new Option('--webhook-log-days <n>', 'how long the log of webhook deliveries is kept')
        .env('CRMUX_WEBHOOK_LOG_DAYS')
        .default(30)
        .argParser(reading(readDays)),
    )
    .option('--demo', 'fill a store without deals with a lively pipeline')
    .addHelpText(
      'after',
      `\nAlso in the environment: CRMUX_TOKEN, the token of the first admin (64 hexadecimal characters); a new one is made and shown once where it is not set. CRMUX_WEBHOOK_ALLOW_PRIVATE=1 lets webhooks point at private addresses.\n${examples(
        'crmux serve',
        'crmux serve --port 80 --host 0.0.0.0 --data /var/lib/crmux',
        'crmux serve --demo --listen pipedrive=8081 --listen sell=8082',
        'crmux serve --tls-cert cert.pem --tls-key key.pem',
        'crmux serve --trust-proxy loopback,10.0.0.0/8',
        'CRMUX_TOKEN=$(openssl rand -hex 32) crmux serve',
      )}`,
    )
    .action(async (options: ServeOptions) => {
      const token = readToken(process.env.CRMUX_TOKEN)
      const webhookPrivate = readFlag(process.env.CRMUX_WEBHOOK_ALLOW_PRIVATE, 'CRMUX_WEBHOOK_ALLOW_PRIVATE')
      const { runServer } = await import('./run-server.ts')
      await runServer({ ...options, demo: options.demo ?? false, token, webhookPrivate })
    })
