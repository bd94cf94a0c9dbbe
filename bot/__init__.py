"""A brand's first responder on Telegram. This is the map: what happens to a message, by file.

    receive ─> understand ─> decide ─┬─> reply ──────────┐
    (inbox)    (Reading)     (why)   ├─> clarify ────────┤
                                     ├─> hand_over ──────┼─> outbox ─> telegram
                                     └─> stay quiet      │
            staff ─> relay, claim, resolve, hand back ───┘

The path of a message:

    respond.py          The path of a message on one page. Keeps the promises; decides nothing.
    route.py            What the oldest open row asks for -> whose step it is, and what the model
                        reads for it first.
    burst.py            The burst that a turn is: when it has come to rest, and which of its rows
                        are heard together.
    receive.py          Updates in -> inbox rows, before Telegram is told that they were received.
    webhook.py          The door that Telegram calls at: who may come in, with how much, and how
                        long it waits for them.
    understand.py       A turn -> Reading: asks the classifier, in batches; a failure becomes a
                        failed reading.
    decide.py           Reading, Case, Policy -> Decision and why. Values only: no I/O, no async, no
                        clock.
    because.py          Why it was decided so: the sentence that staff, and whoever asks by `ask`,
                        read.
    reply.py            What the bot says to a customer, in their language and tone. The phrases:
                        customer_words.py.
    hand_over.py        Case -> Brief -> staff: a person gets the case, everything needed to act,
                        and a clock.
    relay.py            Carries words both ways while staff hold the case: text, media, albums,
                        edits, reactions.
    promise.py          The clocks: by when a person will have replied, and who is told as the time
                        runs out.
    ringing.py          Hands over the clocks that ran out; one that cannot be handled is set aside,
                        and staff told.
    outbox.py           Does what was decided: claims effects within Telegram's budgets, records
                        what became of them.

Joined inside one transaction:

    customer.py         What a customer did -> the step that answers it. Runs inside one
                        transaction, decides nothing.
    carry_out.py        What was decided is done: the case is taken up, and the step runs that the
                        decision names.
    staff.py            What people in the staff group did -> relay or desk, after their authority
                        has been checked.
    private.py          What somebody of staff says to the bot in private: they are greeted, or told
                        where it works.
    pass_on.py          A case passes to people: state, brief, clock and the customer's notice, in
                        one transaction.
    ledger.py           Everything a step may write about a case, inside the transaction it was
                        handed.
    voice.py            What the bot says inside a transaction: to a customer, to the group, to one
                        person of staff.
    delivery.py         What is still wanted at the last moment, and what each outcome means for the
                        case.
    life.py             What an errand goes through: its last moment, and what becomes of it, as its
                        purpose asks.
    joined.py           Words of one customer that wait for a place among staff are carried
                        together, as one message.
    detour.py           What Telegram refused for good: another road for it, and who is told.
    leftovers.py        What staff saw of somebody erased and Telegram keeps: rewritten, else named
                        to staff.
    turns.py            Which inbox rows are one: the messages of a customer's burst, or of one
                        reply of staff.
    poison.py           Updates that cannot be processed: counted, after the last try set aside and
                        shown to people.
    awake.py            Which conversations are being worked on: each in order, many side by side,
                        until none is open.

They run by themselves:

    upkeep.py           Keeps the store to what was promised: the daily retention, and wiping what
                        was erased for good.
    away.py             Notices that the bot was away from Telegram, and tells staff once when it is
                        back.
    outage.py           The store takes nothing: the log is told at once, staff soon, past the
                        outbox; and the end of it.
    aloud.py            Said past the outbox, which cannot carry it: straight to the staff group,
                        else to the leads.
    restored.py         A bot that starts on a copy of its store: nothing is done twice, staff learn
                        what is missing.
    budget.py           How many sends Telegram allows now: for the bot, for a private chat, for a
                        group.

Nouns:

    conversation.py     The nouns: frozen values that every step understands. Imports nothing of
                        ours.
    incoming.py         What came in, as nouns: what people wrote, edited, pressed, reacted to; and
                        the turn.
    effects.py          What must be done to the outside world, and what became of it.
    errand.py           What an effect is for: which go first, which may be done twice, which queue
                        up together.
    reader.py           What reads, as everybody else knows it: the model with its thresholds, or
                        why there is none.
    house.py            The brand's rules: what may be said, from which certainty on, who may act.
    plain.py            What customers would read as it stands in an approved answer: markup,
                        entities, placeholders.
    answers.py          The knowledge base: a folder that the community manager edits -> Knowledge,
                        checked.
    subject_names.py    What a subject is called: a name fit for a file out of any other, and a
                        title out of a name.
    languages.py        The languages a brand may serve, and texts in those it does not: left alone,
                        with a warning.
    risk.py             Risk rules: words that bring a person whatever the model thinks, visible and
                        editable.
    config.py           config.toml -> Settings; every problem named at once, with its line and its
                        mend.
    toml_file.py        Reads a TOML file that a person edits, and names what they must mend by file
                        and line.
    json_file.py        Reads a JSON file that another program wrote, and names what to mend by its
                        path in the file.
    json_lines.py       JSON lines that a person exported: every line read, or named with its number
                        and its mend.
    whole_file.py       A file or folder that is written whole or not at all: beside its place
                        first, then put there.
    secret.py           Where secrets may come from (the environment, a private file) and where none
                        may stand.
    errors.py           The tree of errors. The docstring of each says what a person should
                        understand.
    clock.py            The one clock, injected everywhere: true time, and one that only moves when
                        told.
    crash_points.py     Moments at which a process can be told to kill itself, so that tests see
                        what survives it.
    safe_text.py        People's words made safe to show and to read: no control, bidi or stacked
                        marks.
    marked_text.py      Words with their formatting: where hidden links lead is written out, and
                        nobody named is rung.
    typeset.py          A fixed phrase as its language sets it: in French, no line breaks at « »,
                        before : % or $.
    parts.py            Cuts a text that is too long for one message, plain or in our own HTML.
    redact.py           Sets up logging so that no token, and no other secret, is ever written to a
                        log.

The program:

    __main__.py         Runs the command that was typed; every error is told in words, with its
                        mend.
    app.py              The one place where parts meet: builds, starts and stops everything.

`desk/`  The desk: what people in the staff group see, and what they do with cases.

    brief.py            The brief as staff read it: what a person can act on in ten seconds, in one
                        message.
    gathered.py         What staff read of a case, gathered from the rows: its brief, and its line
                        among others.
    commands.py         What staff type after a slash: the act or the list that it names, and what
                        goes with it.
    orders.py           A command typed by staff -> the act on its case or the list it asks for, and
                        what they are told.
    order.py            An order of staff on a case: who gave it, what they are told, what holds for
                        all of them.
    order_words.py      What staff are told about the acts they ordered, and the buttons that ask
                        back, per language.
    acts.py             What staff do with a case: claim, assign, release, resolve, hand back.
                        Orders on its state now.
    holding.py          Who holds a case: staff claim it, take it over, give it to somebody, or let
                        it go.
    snooze.py           Putting a case off: it leaves the queue until a moment comes or the customer
                        writes.
    later.py            Until when something is put off: what a person types, as a moment of their
                        wall clock.
    barring.py          A customer is blocked by staff, for a reason, until somebody lets them in
                        again.
    overview.py         What staff ask to see: the queue, their own cases, the commands. Rows in,
                        our own HTML out.
    second_look.py      A person's reply gets a second look: it goes out, or is held until its
                        author has decided.
    asking.py           A reply held back, as its author sees it: the question below it, and what
                        became of it.
    tact.py             What a person's reply is asked about before it goes out. Values only: words
                        in, doubts out.
    tact_settings.py    Whether replies of staff get a second look, and what never goes out: [tact]
                        of the config.
    doubt.py            Why a person's reply is held back before it goes out, and the reply that
                        waits: as nouns.
    doubt_words.py      What an agent is asked about a reply that is held back, and what became of
                        it, per language.
    personal.py         Personal data in a text: e-mail addresses, phones, cards, insurance and bank
                        numbers, homes.
    drafting.py         The draft under a brief: sent as the agent's words, given to be changed, or
                        put aside.
    prepared.py         Words that staff send without typing them, a canned reply or a draft, as the
                        reply they make.
    canned.py           Canned replies: words that staff send with /r, per language, checked when
                        they are loaded.
    similar.py          Which settled cases are like this one, by subject and by the words they
                        share. Values only.
    place.py            Where a case lives in the staff group: its group, topic and brief, and what
                        if they are lost.
    reach.py            The staff group out of reach, and back: told once.
    lists.py            When many wait at once: briefs joined into lists, the calm into digests, and
                        who was seen.
    listed.py           A list of cases as staff read it: by subject, who waits and for what, a
                        button to claim each.
    board.py            The board in General: what waits, who holds what, edited in place and never
                        in a brief's way.
    overdue.py          Promises that run out, joined: what leads read in private, and General of
                        cases in a list.
    unsend.py           An agent takes words back: deleted at the customer's, with their album, or
                        never sent.
    introductions.py    The bot and the staff group get to know each other at start: the commands,
                        people's names.
    desk_words.py       The desk's words: everything that staff read on buttons, briefs and notices,
                        per language.
    store_words.py      What staff are told of the store itself: it takes nothing, it takes again,
                        it is an old copy.

`customers/`  The customers' side: their words and presses, what follows a closing, their own
rights.

    customer_words.py   The customer's words: every fixed phrase, per language, and the brand's own
                        in their place.
    own_words.py        The brand's own words in place of ours: from words.toml, checked before
                        customers read them.
    buttons.py          A customer pressed a button under one of the bot's messages: what it means,
                        and what follows.
    bare_words.py       Words that mean something only after others: a choice by its place, the
                        number asked for.
    thanks.py           Thanks with nothing beside them: whoever holds the case owes no reply to
                        them.
    closing.py          After a case is closed: how it went, in one tap; and what the customer's
                        next words are about.
    comeback.py         A customer is back after the closing: rates it, says thanks, or takes the
                        case up again.
    own_rights.py       Customers' own rights: what is kept of them, a copy of it, an end to it, and
                        their language.

`promises/`  Time as people mean it: business hours, what is promised by when, and how long it
takes.

    terms.py            What is promised and who is told, and when: [promise], [ladder] and [hours]
                        taken together.
    hours.py            Business hours: open or not, when next, and time that counts only while
                        people are there.
    wait.py             How long a customer will likely wait for a person, from the live queue and
                        recent waits.
    when.py             Spans and moments in words, a customer's and the desk's: “30 minutes”,
                        “tomorrow at 9:00”.

`store/`  What is stored: the only files that know SQL. `schema.sql` says what each table is for.

    engine.py           The database engine: one writer thread with group commit, and read-only eyes
                        beside it.
    commits.py          Group commit: whatever queued up during one flush of the disk is the next
                        transaction.
    opening.py          Opening the database: settings that must hold, the steps that bring its
                        tables up to date.
    copies.py           Copies of the database file, made while it is in use; and how a bot goes on
                        that starts on one.
    records.py          The verbs on the rows: cases, decisions and the audit here, the others a
                        file each.
    rows.py             A case as its row, and back; a decision and a reading as they are kept.
    customers.py        Who writes to the brand, as rows: their name, their language, and whether
                        they are blocked.
    timers.py           The clocks of cases, as rows: what is due when, and what has rung.
    keyboards.py        What buttons mean, as rows: Telegram carries an opaque token, and its
                        meaning stays here.
    inbox.py            What came in, as rows: open until an outcome is recorded.
    errands.py          What must go out, as rows, and what became of each.
    fairness.py         Whose turn it is among what waits to go out: by lane, then so that nobody
                        delays the others.
    written.py          An effect as JSON, and back.
    transcript.py       Every word of a case, whoever wrote it, and where its copy lies on the other
                        side.
    team.py             The people of the staff group: their names as last seen, and who is on duty.
    group.py            What is known of the staff group: whose our posts are, and since when it is
                        out of reach.
    kept.py             Every promise as a row: how long the queue was when it was made, and when it
                        was kept.
    pages.py            Which cases each lead in private, and all of staff in General, are still to
                        be told of.
    listings.py         Which briefs wait to be joined, in which list each case stands, and what
                        staff have not seen.
    held_replies.py     Replies of staff that are held back, as rows: asked about, or waiting behind
                        such a one.
    drafts.py           What a person could answer: texts proposed under a brief, kept while staff
                        have the case.
    backlog.py          What waits, as a monitor counts it: turns, cases that staff have not been
                        shown, the outbox.
    ratings.py          How closed cases went, as their customers said: one tap, and the words they
                        added.
    presence.py         When the bot last heard from Telegram, as a row; and what came while it was
                        away.
    own_data.py         A person's data, wherever it stands: told to them, or taken out of every
                        table and the group.
    whose.py            Whose data stands in which column, and what is left of it once its person is
                        erased.
    keeping.py          What is kept for how long, as rows: each verb takes out a small batch whose
                        time is up.

`telegram/`  The edge to Telegram: the only files that know the Bot API.

    edge.py             The edge to Telegram: performs effects, fetches updates, asks what `check`
                        needs to know.
    client.py           PTB's client, with updates as Telegram wrote them and only as much of an
                        answer as we need.
    transport.py        Carries the Bot API's requests over aiohttp, and knows which of them never
                        left.
    parse.py            What Telegram sent, as nouns.
    attachment.py       What was sent beside bare words: the media, what it says, and the
                        formatting, as nouns.
    checked.py          What Telegram sent, type by type: PTB builds its objects without looking.
    markup.py           Our nouns as Telegram's markup: buttons, replies, and HTML that falls back
                        to plain text.
    carry.py            How a person's message is carried over on Telegram: copied, forwarded,
                        edited, as it is.
    outcome.py          What an error from Telegram means: for the effect that met it, or for
                        starting and receiving.
    rights.py           What the bot must be and may do in groups of staff: each thing missing with
                        its mend.
    telegram_settings.py How Telegram is reached, and with which secrets: [telegram] of the
                        config.

`model/`  The model: texts in, readings out. The only files that know torch and transformers.

    classifier.py       The model as the rest of the bot knows it: texts in, readings out.
    encoder.py          Texts in, meanings out, of each whole and of its pieces: the small
                        multilingual encoder.
    packed_bert.py      BertModel without padding and with int8 matrices: the same answer whatever
                        is read beside it.
    general.py          The heads that every brand shares: tone, danger, asks-for-a-person, small
                        talk, fr or en.
    capitals.py         Capitals that say nothing: a text as it reads without them.
    courtesies.py       What a message says between its greeting and its thanks: the courtesies tell
                        nothing of it.
    passage.py          A text as the model reads it: without capitals that say nothing, its core,
                        and its questions.
    language.py         Which language a turn is written in, when it may be three words, misspelt,
                        or two languages.
    questions.py        The questions of one message, where there are several: cut where a further
                        one begins.
    pleas.py            Pleas in a turn, for a person or for help: heard in the whole of it, and in
                        each clause.
    telling.py          The customer's own words that show the tone: the clause without which it
                        reads calmest.
    heads.py            A brand's heads: vectors in, calibrated probabilities of its subjects out,
                        `unknown` included.
    nearness.py         How near a text is to each subject: seven kinds of evidence, weighed as real
                        messages taught.
    letters.py          How alike two texts are letter by letter: what the encoder blurs, names and
                        rare words, stays.
    found_words.py      How well the words of a text are found among examples: what one vector for
                        all of it blurs.
    wording.py          The tone that wording alone shows: swearing, capitals, set phrases, which
                        the encoder blurs.
    softmax.py          Softmax regression on vectors: fitted, cross-validated and calibrated in
                        seconds.
    threshold.py        The probability from which the bot answers by itself, so that few answers
                        are wrong.
    train.py            Trains a brand's heads from its examples, and measures what they can
                        promise.
    training_report.py  What training found, in words: how sure the bot can be, and what would make
                        it surer.
    brain.py            The model and the brand's heads, made ready: loaded when they fit the
                        knowledge, else trained.

`cli/`  The commands of the program, one file each; `__main__.py` runs what was typed.

    demo.py             The demo: a Telegram on this computer, the example brand, and one address to
                        open.
    menus.py            The menus of commands that customers see in the app, one per language.
    command_line.py     What may be typed after `first-responder`: every command, its options, and
                        its help.
    run.py              Going live: connect, start the app, receive until somebody stops it.
    check.py            Is everything ready to go live? Config, knowledge, model, token, rights in
                        the staff groups.
    ask.py              A dry run on one text: what the bot would understand, decide and say.
                        Nothing is sent.
    dry_run.py          What the bot would understand and decide if each of these texts began a
                        case. Nothing is sent.
    terminal.py         What a person reads at a terminal: lines that are too long for it are folded
                        between words.
    turn_line.py        A turn as plain values: what was understood, what was done and why; and many
                        of them counted.
    replay.py           What would it have done with last month's messages? The real path, in
                        virtual time.
    logged.py           Last month's messages from a file: what customers and the brand's people
                        wrote, and when.
    by_hand.py          The commands `export`, `erase` and `backup`: straight from the store, also
                        while the bot runs.
    import_knowledge.py Brings in a knowledge base that a brand has elsewhere: one JSON file -> a
                        folder to edit.

`evaluation/`  How good is it? What the bot would do with labelled messages, beside what is right.

    evaluate.py         How good would it be on these messages? What the bot would do with each,
                        beside what is right.
    labelled.py         Labelled messages from a file: what customers wrote, and what a person says
                        is right for each.
    results.py          What an evaluation found, as values: one result per message, and the summary
                        of all of them.
    figures.py          Results of an evaluation -> its summary. Every figure can be taken again
                        from the results.
    confusions.py       Which subjects are taken for each other, by which sentences, and what to do
                        about it.
    measures.py         Figures from probabilities and truths: accuracy, separation, calibration,
                        coverage against risk.
    words.py            The words of an evaluation, in French and English: titles, what figures
                        mean, what to do.
    report.py           What an evaluation found, for a person at a terminal.
    page.py             What an evaluation found, as one self-contained page in the desk's language.
    chart.py            The two pictures of an evaluation, as SVG: coverage against risk, and
                        certainty against truth.

`watch/`  What a monitor sees: whether the bot is well, and its figures. No words, no names, no
token.

    endpoint.py         /healthz and /metrics: what a monitor asks, looked up in the rows when it
                        asks.
    health.py           Is the bot well? What is wrong with it, if not. Values only.
    metrics.py          The vitals as Prometheus reads them. The only file that knows its client
                        library.
    vitals.py           What says how the bot is: what waits and since when, and how its parts are.
                        Nouns.
    health_settings.py  Where a monitor finds the bot's health, and from when on it is told:
                        [health] of the config.

Beside them: `example_brand/` (a knowledge base to look at and copy), `risk.toml` (words that always
bring a person) and `sandbox/` (a Telegram on loopback for the demo, tests and load).
"""
