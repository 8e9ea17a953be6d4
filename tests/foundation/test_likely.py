"""What has the form of a name, a number or an address is seen; how one speaks of a family isn't."""

import pytest

from foundation.likely import Tells, tells


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("家の電話は078-123-4567です。", Tells.TELEPHONE),
        ("０９０ー１２３４ー５６７８に", Tells.TELEPHONE),
        ("神戸市中央区加納町6丁目に住んでいます。", Tells.ADDRESS),
        ("〒650-8570", Tells.ADDRESS),
        ("青空町1-2-3です。", Tells.ADDRESS),
        ("神戸市北区青空町1-12", Tells.ADDRESS),
        ("taro@example.jp へ", Tells.MAIL),
        ("山田さんは部屋にいます。", Tells.NAME),
        ("健太くんが、夜に起きます。", Tells.NAME),
        ("けんちゃんは、ねています。", Tells.NAME),
        ("ケンタ君のことです。", Tells.NAME),
        ("山田 太郎は45歳です。", Tells.NAME),
        ("山田　太郎、45歳。", Tells.NAME),
        ("名前は山田太郎です。", Tells.NAME),
        ("佐藤様のおたくです。", Tells.NAME),
        ("花子さんのこと。", Tells.NAME),
        ("良夫さんは45歳です。", Tells.NAME),
    ],
)
def test_what_has_the_form_is_seen(text, kind):
    assert kind in tells(text)


@pytest.mark.parametrize(
    "text",
    [
        "息子は、10年ほど部屋にいます。",
        "息子さん、お母さん、おばあちゃんと暮らしています。",
        "本がたくさんあります。みなさんに感謝しています。",
        "部屋の様子はわかりません。気分は様々です。",
        "夜になると起きていくんです。ちゃんと食べています。",
        "保健師さんとお医者さんに会いました。パン屋さんが好きです。",
        "相談員さん、ケアマネさん、ヘルパーさん、サポーターさん。",
        "お兄ちゃんが、ときどき来ます。赤ちゃんがいます。猫ちゃんもいます。",
        "名前は、出さないでください。名前は秘密です。氏名は書きません。",
        "夕方の5時から8時、2人で話します。1日1回。",
        "神戸市に住んでいます。",
        "市の窓口に2-3回、町の病院に10-12年ほど通いました。",
        "神様にお願いしました。",
    ],
)
def test_how_one_speaks_of_a_family_is_nobody_s_name(text):
    assert tells(text) == ()
