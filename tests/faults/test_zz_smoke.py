import asyncio
from tests.caller import Caller, enter
async def test_two_people_hear_each_other(house):
    aoi=enter(house,"あおい"); 
    ren=enter(house,"そら",door=len(house.urls)-1)
    async with Caller(aoi) as a, Caller(ren) as b:
        await a.join("zatsudan"); await b.join("zatsudan")
        ack=await a.say("こんばんは")
        print(ack)
        await b.wait_until(lambda r: any(m["text"]=="こんばんは" for m in r.messages.values()))
