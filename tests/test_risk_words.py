"""What people write who are in danger, in despair, or want a person: found by words alone, and the
everyday sayings with the same words are not."""

from __future__ import annotations

import pytest

from bot.risk import RiskRule

from .test_answers import marks

SAID = {
    "self_harm": """
        j'ai le goût de mourir
        jai pu le gout de vivre
        j'ai pris toutes mes pilules
        j'ai avalé tous les comprimés que j'avais
        je veux plus exister
        adieu tout le monde
        bye la vie
        Je pense à me pendre.
        j'en peux plus de vivre
        jen peux pu de vivre
        jveux crever
        je veux juste mourir
        jveu pu vivre
        la vie vaut plus la peine
        je pense à en finir
        tout le monde serait mieux sans moi
        je suis un fardeau pour ma famille
        j'ai des idées noires
        je vais me jeter en bas du pont
        à quoi bon vivre
        c'est ma lettre d'adieu
        je suis tannée de vivre
        j'en peux plus de vivre dans la peur
        j'ai envie de disparaître
        il veut s'enlever la vie
        I've been thinking of ending things
        I took all my pills
        she swallowed a whole bottle of pills
        I want to hang myself
        gonna unalive tonight
        i wanna kms
        im going to kms
        I just want to die
        i wish i was dead
        hope i never wake up again
        I don't want to be here anymore
        nobody would care if I died
        everyone is better off without me
        I'm tired of living
        there's nothing left to live for
        I could jump off a bridge right now
        goodbye cruel world
        I don't want to live in this world
        I'm tired of living with the pain
        ship it fast, i dont think ill be around much longer
    """,
    "safety": """
        ma tente a pogné en feu
        la batterie est en feu
        notre chalet a passé au feu à cause du foyer
        le réchaud a sauté
        ça m'a pété dans les mains
        la bonbonne fuit, le propane fuit
        ça sent le propane dans la tente
        le chargeur a fondu sur ma table de nuit
        la prise fait des étincelles
        j'ai failli tomber
        le harnais a lâché en grimpant
        le mousqueton s'est ouvert pendant que je grimpais
        mon fils a avalé une pile
        ma mère a perdu connaissance
        il arrive plus à respirer
        y'a un morceau de verre dans ma soupe
        je suis tombée dans les escaliers
        mon gars s'est fait mordre
        chu coincé dans l'ascenseur
        il a menacé de me tuer
        votre livreur m'a agressée
        on est perdus dans le bois
        my carabiner broke, I almost fell
        the buckle on my harness snapped while climbing
        my stove leaks gas
        it smells like gas in here
        the canister is leaking gas
        the battery blew up in my pocket
        my tent caught on fire
        the charger melted
        there is smoke coming out of the heater
        my daughter fell off the bunk bed
        the baby swallowed a magnet
        he can't breathe
        I passed out after one bar
        I got sick after eating your chili
        there was a piece of glass in my jar
        she's bleeding
        we're lost in the woods
        I don't feel safe with your driver
        someone is following me
        the brakes failed
        I cut my finger, I needed stitches
        my son ate one of the hand warmers
        mon gars a mangé un chauffe-mains
        le chien a mangé le sachet de silice
        my kid drank some of the fuel
        there's a weird smell coming from the stove when its off
        une odeur bizarre sort du réchaud
        ça sent les oeufs pourris près de la bonbonne
        la corde était coupée à moitié quand je l'ai sortie du sac
        the sling was half cut
        on a mangé le poulet de mardi pis toute la famille a été malade
        on a toutes été malades après le souper
        mon plus jeune vomit encore
        ma blonde a passé la nuit à vomir
        we all got sick after dinner
        too late we ate it and my stomach hurts
        my kid is throwing up since last night's box
        my daughter got a rash all over after wearing the base layer
        j'ai des plaques rouges partout depuis que je le porte
        my lips are swelling up
        mon fils a la gorge qui enfle
        hi the stove i bought from you last week won't turn off
        le réchaud veut pas s'éteindre
        the carabiner opened by itself
    """,
    "press": """
        i'm from the Gazette, deadline at 5
        La Gazette publie ça demain
        je suis recherchiste à la radio
        j'écris un article sur vos prix
        quelle est votre version des faits?
        any comment for my article?
        I'm writing a story about your recall
        calling from a newspaper
        CBC News here
    """,
    "legal": """
        vous aurez des nouvelles de mon cabinet d'avocats
        je vous réclame des dommages et intérêts
        my law firm will write to you
        please preserve all records
        I'll sue
    """,
    "minors": """
        j'ai douze ans
        jai 11 ans, je peux tu commander
        I am twelve
        im 9 and my mom has no clue
        I'm 13, can I buy a knife
        I'm ten years old
        I'm 13 on friday
        mes parents le savent pas
    """,
    "accusation": """
        ta yeule le robot
        Ta gueule.
        ferme la stp
        merci pour rien
        Thanks for nothing!
        shut up bot
        vous êtes des arnaqueurs
        vous êtes tous des fraudeurs
        vous êtes toute une gang d'escrocs
        vous êtes une bande d'arnaqueurs
        you're scammers
        you guys are thieves
        you people are all crooks
        you are all liars
    """,
    "person": """
        Combien coûte la livraison pour un kayak à Rimouski? Un conseiller peut me rappeler?
        un agent pourrait-il m'aider?
        Je veux parler à une personne, pas à un robot
        jveux parler a quelquun
        je veux un vrai humain
        passez-moi quelqu'un svp
        je veux pas parler à une machine
        est-ce que quelqu'un peut m'appeler
        y a tu du vrai monde icitte
        when do you open? Can an agent help me?
        where is my order, person please
        can I talk to a human
        I need to speak to someone
        real person pls
        I don't want to talk to a bot
        could somebody call me
        connect me to an agent
        can you call me
        could u please call me back
        please call me after five
        appelle moi
        Rappelez-moi svp
        pouvez-vous m'appeler
        peux-tu me rappeler demain
        quiero hablar con una persona
        ich möchte mit einem Menschen sprechen
        quero falar com um atendente
        vorrei parlare con un operatore
    """,
}

SAID_OF_OTHERS = """
    des arnaqueurs m'ont appelé en votre nom
    est-ce que ce sont des fraudeurs ou c'est vous?
    une bande d'arnaqueurs se sert de votre nom
    il y a des voleurs dans le stationnement
    I think scammers are using your name
    are you guys aware of the scammers on Facebook
    is the lock any good against thieves?
"""
"""No insult to the brand, whatever else it may be (somebody who was cheated is a legal matter)."""

NOTHING_BUT_SAYINGS = """
    the jacket needs stitches redone
    it got stitches coming loose
    the fabric can't breathe at all
    le tissu ne peut pas respirer
    I twisted my laces and they broke
    how do I cut my hand luggage costs
    it broke my arm band
    we passed out flyers at your store
    I am 9 to 5 at work, can I pick it up after
    c'est à mourir de rire
    je meurs de faim, c'est quand la pause?
    j'ai le goût de mourir de rire
    j'ai envie de crever de chaud dans votre sac de couchage
    ma blonde va me tuer si ça arrive après sa fête
    je peux plus vivre sans mes bottes
    je veux plus exister dans votre base de données
    j'ai hâte d'en finir avec les rénos
    une balle dans le pied
    c'est la vie
    la vie chère
    vaut la peine d'être vu
    dying to try your new boots
    these are to die for
    you're killing it
    I'm killing myself laughing
    I'm tired of living in the city, do you ship to farms?
    it's 40 kms from here, want to know if 40 kms is too far
    I want to die my hair
    it's ending things on a high note
    all your pillows
    take my pulse
    feu de camp
    vous êtes en feu
    la gang, vous êtes en feu aujourd'hui!
    you guys are on fire
    your fire sale
    j'ai failli tomber de ma chaise en voyant le prix
    j'ai failli mourir de rire
    trousse de premiers soins pour blessures
    un casque en cas d'accident
    comment prévenir les blessures au genou
    is there insurance in case of an accident
    a first aid kit for injuries
    bleeder valve
    bleeding edge technology
    do you have a bleed kit for my brakes
    my kid ate three pancakes at your place
    mon chien a mangé une de mes mitaines
    mon fils est tombé en amour avec votre kayak
    do you sell magnets? my cat ate the last mouse
    la senteur de votre chandelle vient du sapin?
    the smell of coffee coming from the counter
    la corde à linge a cassé
    the tent won't be around much longer at that price
    can you call me a cab
    pouvez-vous m'appeler un taxi pour 6 h?
    appelez-moi pas, textez
    rappelle-moi le prix
    pouvez-vous me rappeler vos heures
    c'est dangereux pour mon portefeuille, vos soldes!
    this shop is dangerous for my wallet
    les ventes sont en feu
    mon cell est mort
    le paiement a sauté
    ma fermeture éclair a lâché
    I almost fell asleep
    I fell in love with this tent
    my bag fell off the rack
    my pants tore while hiking
    the price blew up
    I'm 10/10 happy
    I'm 10% sure
    I'm 10 % sure
    I'm 9 out of 10 satisfied
    I'm 12 kg
    I'm twelve minutes late
    I'm eleven hundred dollars short
    I'm 10.5 in boots
    i'm 12 lbs over
    j'ai dix ans d'expérience
    our heater is twelve years old
    on ferme la semaine prochaine?
    vous fermez la porte à quelle heure
    merci pour tout, rien à redire
    shut up and take my money
    pas besoin de parler à une personne
    je veux pas parler à quelqu'un, juste un lien
    I don't need to talk to a person
    no need to speak to someone
    price per person please
    une chambre pour une personne svp
    is the agent fee refundable
    un agent nettoyant svp?
    j'ai parlé à quelqu'un hier
    I spoke to someone yesterday
    gazette officielle du Québec
    où est le bureau de presse à café
    un invité a vomi sur le tapis, avec quoi je nettoie
    c'est à vomir, vos couleurs
    on a mangé chez vous hier. ma fille est malade, on annule demain
    my cat threw up on the rug, cold wash?
    the app threw up an error after the update
    il y a des boutons partout sur votre site
    notifications won't turn off
    my stove is great, the lights won't turn off
    ma montre veut pas s'éteindre
"""


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize(
    ("text", "mark"), [(text, mark) for mark, texts in SAID.items() for text in lines(texts)]
)
def test_it_is_marked_however_it_is_typed(text: str, mark: str) -> None:
    assert mark in marks(text)
    assert mark in marks(text.upper().replace("'", "’"))


@pytest.mark.parametrize("text", lines(SAID_OF_OTHERS))
def test_what_is_said_of_others_is_no_accusation(text: str) -> None:
    assert "accusation" not in marks(text)


@pytest.mark.parametrize("text", lines(NOTHING_BUT_SAYINGS))
def test_a_saying_with_the_same_words_is_not_marked(text: str) -> None:
    assert marks(text) == set()


@pytest.mark.parametrize(
    ("phrase", "text", "wanted"),
    [
        ("(plus|pus) le gout", "j'ai pus le gout", "pus le gout"),
        ("a (really |)bad (day|night)", "a bad night", "a bad night"),
        ("a (really |)bad (day|night)", "a really bad day", "a really bad day"),
        ("(i'm|im) (lost|stuck*)", "I'm stuck", "i'm stuck"),
        ("(plus|pus) le gout", "plus gout", None),
        ("(a|b)cd", "abcd", None),
        ("sad :(", "so sad :( ", "sad :("),
        ("stove … won't turn off", "my stove won't turn off", "stove won't turn off"),
        ("stove … off", "a stove that is never, ever off", None),
        ("stove … off", f"a stove {'on ' * 11}off", None),
    ],
)
def test_a_phrase_says_what_stands_for_what(phrase: str, text: str, wanted: str | None) -> None:
    assert RiskRule("x", {}, {"en": (phrase,)}, {}).found(text.lower().strip()) == wanted
