/** What is tried first, of what is long enough to be a password here: keyboard rows, counting, and the common words with their usual tails. */
const list = `
!@#$%^&*() !@#$%^&*()_+ !qaz2wsx3edc !qaz@wsx#edc 0112358132 0123456780 0123456789 0987654321 0okm9ijn8uhb 1!2@3#4$5%
1011121314 1020304050 1029384756 1122334455 1123581321 1233211234567 1234512345 1234554321 123456123456 1234567887654321
123456789! 123456789* 123456789. 1234567890 1234567890- 12345678900 1234567890a 1234567890q 1234567891 12345678910
12345678910a 123456789123 12345678987654321 1234567899 123456789a 123456789aa 123456789abc 123456789asd 123456789d 123456789m
123456789q 123456789qaz 123456789qq 123456789qwe 123456789s 123456789w 123456789x 123456789z 123456abc! 123456abcdef
123456qwerty 123456qwerty! 12345abcde 12345qwerty 1234abcd1234 1234qwerty 123qweasdzxc 1357924680 1472583690 147852369a
159357159357 1593572468 159753159753 1598753246 1a2b3c4d5e 1q2w3e4r5t 1q2w3e4r5t6y 1q2w3e4r5t6y7u8i9o0p 1qaz1qaz1qaz
1qaz2wsx3edc 1qaz2wsx3edc4rfv 1qazxsw23edc 1z2x3c4v5b 2468013579 2718281828 3141592653 31415926535 3141592654 3216549870
3692581470 5647382910 7418529630 741852963a 7894561230 9638527410 963852741a 9876543210 a123456789 a12345678910 a1b2c3d4e5
a1b2c3d4e5f6 a1s2d3f4g5 aa12345678 aa123456789 aaa1234567 abc1234567 abc12345678 abc123456789 abc123abc123 abcabc123123
abcd123456 abcd1234567 abcd12345678 abcd1234abcd abcde12345 abcdef123456 abcdefg123 abcdefg1234 abcdefgh123 abcdefghij
abcdefghijk abcdefghijkl admin!@#123 admin123123 admin12345 admin123456 admin1234567 admin12345678 admin123456789
admin123admin admin@1234 admin@12345 admin@123456 adminadmin adminadmin1 adminadmin123 administrador administrateur
administrator administrator1 adminpassword alexander1 alexander123 alexandra1 alexandria anastasia1 arsenal123 arsenal1234
as12345678 asd123asd123 asdasd123123 asdasdasd123 asdf1234asdf asdfasdfasdf asdfg12345 asdfgh123456 asdfghjkl1 asdfghjkl123
asdfghjkl; asdfghjklzxcvbnm ashley12345 autumn2023 autumn2024 autumn2025 autumn2026 azerty12345 azerty123456 azertyuiop
azertyuiop1 b123456789 barcelona1 barcelona10 barcelona123 baseball12 baseball123 basketball basketball1 basketball12
basketball123 batman12345 bienvenido bienvenue1 blink182182 business123 butterfly1 butterfly12 butterfly123 c123456789
california california1 champion123 changeme1! changeme12 changeme123 changeme1234 changemenow charlie123 charlie1234
cheerleader chelsea123 chelsea1234 chocolate1 chocolate12 chocolate123 christian1 christian123 christina1 christine1
christopher christopher1 company123 company1234 computer12 computer123 computer1234 contrasena contrasena1 contraseña
contraseña1 correcthorsebatterystaple counterstrike crmcrmcrm1 crmux12345 crmux123456 crmuxcrmux customer123 d123456789
daniel12345 default123 demo123456 demodemo12 dragon12345 dragon123456 dragonball dragonball1 dragonballz drowssap12
drowssap123 electronic elizabeth1 elizabeth123 f123456789 facebook12 facebook123 football12 football123 football1234
freedom123 g123456789 google12345 guest12345 guest123456 h123456789 harrypotter harrypotter1 haslo12345 helicopter hello12345
hello123456 hellohello hellohello1 helloworld helloworld1 helloworld123 ilovehim12 ilovejesus iloveme123 ilovemymom
ilovemyself iloveyou1! iloveyou12 iloveyou123 iloveyou1234 iloveyou13 iloveyou14 iloveyou2023 iloveyou2024 iloveyou22
iloveyou4ever iloveyoubaby iloveyoumom iloveyouso iloveyousomuch internet12 internet123 j123456789 jennifer12 jennifer123
jessica123 jordan12345 juventus123 k123456789 l123456789 letmein123 letmein1234 letmein12345 letmeinnow letmeinplease
linkedin123 linkinpark linkinpark1 liverpool1 liverpool12 liverpool123 lkjhgfdsa0 lovelove123 loveyou123 m123456789 manchester
manchester1 manchesterunited marketing1 marketing123 master1234 master12345 master123456 masterchief masterkey1 metallica1
metallica123 michael123 michael1234 millennium minecraft1 minecraft12 minecraft123 mko09ijnbhu8 mnbvcxz123 mnbvcxzlkj
monkey12345 monkey123456 motdepasse motdepasse1 motdepasse123 motorcycle mypass1234 mypassword mypassword1 mypassword123
n123456789 newpassword newpassword1 nhy6bgt5vfr4 office12345 p123456789 p@$$w0rd123 p@$$word123 p@ssw0rd1! p@ssw0rd12
p@ssw0rd123 p@ssword12 p@ssword123 pa$$word123 pa55word12 pa55word123 parola1234 parola12345 pass123456 pass1234567
pass12345678 passw0rd1! passw0rd12 passw0rd123 password!! password!1 password#1 password00 password01 password1! password10
password11 password12 password12! password123 password123! password1234 password12345 password123456 password13 password21
password22 password23 password69 password77 password88 password99 password@1 password@12 password@123 password_1 password_123
passwordpass passwordpassword passwort123 passwort1234 passwort12345 pipedrive1 pipedrive123 pipeline123 playstation
playstation2 playstation3 pleasechange poiuytrewq pokemon123 pokemon1234 princess12 princess123 princess1234 q123456789
q1w2e3r4t5 q1w2e3r4t5y6 q1w2e3r4t5y6u7 qaz123wsx456 qazwsx1234 qazwsx12345 qazwsx123456 qazwsxedc123 qazwsxedcrfv qazxswedcvfr
qwe123qwe123 qweasd123456 qweasdzxc123 qweasdzxcv qweqweqwe123 qwer1234qwer qwerasdfzxcv qwerty!@#$% qwerty123! qwerty123!@#
qwerty1234 qwerty12345 qwerty123456 qwerty1234567 qwerty123456789 qwerty1234567890 qwertyasdf qwertyasdfgh qwertyqwerty
qwertyuiop qwertyuiop1 qwertyuiop12 qwertyuiop123 qwertyuiop[] qwertyuiopasdfghjkl qwertz12345 qwertzuiop qwertzuiop1
r123456789 realmadrid realmadrid1 revolution rootpassword rootroot123 s123456789 sales12345 salesforce salesforce1 samsung123
samsung1234 secret1234 secret12345 secret123456 secretpassword shadow12345 skateboard skateboard1 spiderman1 spiderman12
spiderman123 spring2023 spring2024 spring2025 spring2026 starwars12 starwars123 starwars1234 stephanie1 stephanie123
strawberry strawberry1 summer2023 summer2024 summer2024! summer2025 summer2025! summer2026 summer2026! sunshine12 sunshine123
sunshine1234 superadmin superadmin1 superman12 superman123 superman1234 supersecret supersecret1 superuser1 superuser123
t123456789 temp123456 temporary1 temporary123 test123456 test1234567 test12345678 test123456789 test1234test test123test
testing123 testing1234 testpassword testtest12 testtest123 thepassword topsecret1 topsecret123 trustno1234 trustno1trustno1
user123456 user1234567 username123 valentina1 victoria12 victoria123 volleyball volleyball1 w123456789 wachtwoord wachtwoord1
wachtwoord123 washington welcome123 welcome123! welcome1234 welcome12345 welcome2023 welcome2024 welcome2025 welcome2026
welcome@123 welcome@1234 whatever12 whatever123 willkommen willkommen1 winter2023 winter2024 winter2024! winter2025
winter2025! winter2026 winter2026! x123456789 xsw2zaq1xsw2 y123456789 yourpassword z123456789 z1x2c3v4b5 zaq12wsxcde3
zaq1zaq1zaq1 zaqxswcdevfr zxcvb12345 zxcvbnm,./ zxcvbnm123 zxcvbnm1234 zxcvbnm12345 zxcvbnmasdfghjkl zz123456789 йцукен12345
йцукенгшщз пароль1234 пароль12345
`

export const commonPasswords: ReadonlySet<string> = new Set(list.trim().split(/\s+/))
