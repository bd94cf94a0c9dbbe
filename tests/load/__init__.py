"""Long runs against the running bot, from outside: a real process, a Telegram on loopback.

child       the bot's own command in a process, changed only as a run asks (budgets, sabotage)
sabotage    the promises that a run can break on purpose
forked      the same process, there in milliseconds
stage       a Telegram, a staff group and a bot on it that can be killed and started again
crowd       people who write at a given rate
evidence    both records of a run: Telegram's and the bot's
verdict     what became of every message, judged by what Telegram saw
messages    what people write: sampled from data sets, or made up from the example brand
figures     percentiles, processor time, memory, foreign load

uproar      what people write when something has gone wrong, and the reader that understands it

replay_real, kills, bench, surge: the commands; echo_bot and large are what bench compares with.
"""
